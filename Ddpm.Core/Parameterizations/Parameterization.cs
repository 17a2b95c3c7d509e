using Ddpm.Parameterizations;
using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// What a network is shown, told and asked for at a point of the path x = α x_0 + σ ε, α² + σ² = 1, and whether it also says the variance. Plain
/// data, which compares, prints and is saved. Sampling, training, the held-out loss, the bound and files ask this and nothing else.
/// </summary>
/// <remarks>
/// The training loss weighs (output - target)² by 1, which is how each of the presets was published; <see cref="LossFactor"/> says what that is in
/// another space, and <see cref="LossWeighting"/> changes it.
/// </remarks>
public sealed record Parameterization
{
    /// <summary>ε by x_t and the step (Ho et al. 2020). The default.</summary>
    public static Parameterization Epsilon { get; } = new();

    /// <summary>x_0 by x_t and the step.</summary>
    public static Parameterization X0 { get; } = new() { Prediction = PredictionType.X0 };

    /// <summary>v by x_t and the step (Salimans and Ho 2022).</summary>
    public static Parameterization V { get; } = new() { Prediction = PredictionType.V };

    /// <summary>Karras et al. 2022 (EDM), table 1: F by x/√(α² s² + σ²), told ln(ρ)/4.</summary>
    /// <param name="sigmaData">s, the deviation of the data; 0.5 for images in [-1, 1].</param>
    public static Parameterization Edm(double sigmaData = 0.5) => new()
    {
        Prediction = PredictionType.Edm,
        Input = InputScaling.UnitVariance,
        TimeInput = TimeConditioning.LogRho,
        TimeFactor = 0.25,
        SigmaData = sigmaData,
    };

    /// <summary>Flow matching on straight lines (Liu et al. 2023; Lipman et al. 2023): ε - x_0 by (1 - τ) x_0 + τ ε, told τ times a factor.</summary>
    /// <param name="timeFactor">1000 by default, as diffusers and Stable Diffusion 3 tell it.</param>
    public static Parameterization Flow(double timeFactor = 1000) => new()
    {
        Prediction = PredictionType.Flow,
        Input = InputScaling.Flow,
        TimeInput = TimeConditioning.FlowTime,
        TimeFactor = timeFactor,
    };

    /// <summary>What the network predicts. ε by default.</summary>
    public PredictionType Prediction
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Prediction), "The prediction");
    }

    /// <summary>What the network is shown of x. x itself by default.</summary>
    public InputScaling Input
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Input), "The input scaling");
    }

    /// <summary>Which number of the point the network is told, times <see cref="TimeFactor"/>. The step by default.</summary>
    public TimeConditioning TimeInput
    {
        get;
        init => field = EnumArgument.Check(value, nameof(TimeInput), "The time conditioning");
    }

    /// <summary>
    /// What <see cref="TimeInput"/> is multiplied by, above 0. 1 by default; 1000/T for a network whose steps were counted in thousandths of the
    /// process (rescale_timesteps of improved-diffusion).
    /// </summary>
    public double TimeFactor
    {
        get;
        init => field = PositiveArgument.Check(value, nameof(TimeFactor), "The factor of what the network is told");
    } = 1;

    /// <summary>s, the deviation of the data, above 0: of use for <see cref="PredictionType.V"/>, <see cref="PredictionType.Edm"/> and
    /// <see cref="InputScaling.UnitVariance"/>. 1 by default.</summary>
    public double SigmaData
    {
        get;
        init => field = PositiveArgument.Check(value, nameof(SigmaData), "The data's deviation");
    } = 1;

    /// <summary>What the network's second C channels say of the variance. Nothing by default.</summary>
    public LearnedVariance Variance
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Variance), "The learned variance");
    }

    /// <summary>The factor of x in what the network is shown.</summary>
    public double InputScale(DiffusionPoint at) => 1 / InputDivisor(at);

    /// <summary>What the network is told of time.</summary>
    public double Time(DiffusionPoint at) => TimeFactor * TimeInput switch
    {
        TimeConditioning.Rho => at.Rho,
        TimeConditioning.LogRho => Math.Log(at.Rho),
        TimeConditioning.Angle => Math.Atan(at.Rho),
        TimeConditioning.FlowTime => at.FlowTime,
        _ => at.T,
    };

    /// <summary>What the network learns to say: OfX0 x_0 + OfEpsilon ε.</summary>
    public (double OfX0, double OfEpsilon) Target(DiffusionPoint at)
    {
        var (s, n) = (SigmaData, Norm(at));
        return Prediction switch
        {
            PredictionType.Epsilon => (0, 1),
            PredictionType.X0 => (1, 0),
            PredictionType.V => (-at.Sigma / (s * n), at.Alpha * s / n),
            PredictionType.Edm => (at.Sigma / (s * n), -at.Alpha * s / n),
            _ => (-1, 1),
        };
    }

    /// <summary>
    /// The factor of a difference of outputs in another space: (space - space_θ) = factor · (output - output_θ). Its square is what the loss with
    /// weight 1 in that space weighs the network's own outputs by: s²/(ρ² + s²) for EDM's F and the space of ε.
    /// </summary>
    /// <param name="space">Where the difference is taken.</param>
    /// <param name="at">Not the data itself.</param>
    public double LossFactor(PredictionType space, DiffusionPoint at) =>
        space == Prediction ? 1 : Determinant(EnumArgument.Check(space, nameof(space), "The space of the loss"), at) / Determinant(Prediction, at);

    /// <summary>Says whether a network of this kind can serve a process.</summary>
    /// <exception cref="ArgumentException">The last step has no signal (ᾱ = 0), from which x_0 cannot be had by ε.</exception>
    public void Check(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Prediction == PredictionType.Epsilon && path.At(path.Steps - 1).Alpha == 0)
            throw new ArgumentException("A schedule with zero terminal SNR needs a network that predicts v or x_0, but the prediction is epsilon.");
    }

    /// <summary>What x is divided by.</summary>
    internal double InputDivisor(DiffusionPoint at) => Input switch
    {
        InputScaling.UnitVariance => Norm(at),
        InputScaling.ImageScale => at.Alpha,
        InputScaling.Flow => at.Alpha + at.Sigma,
        _ => 1,
    };

    /// <summary>The rule that a network of C channels breaks.</summary>
    internal string NeedsChannels =>
        $"The learned variance {Variance} needs a network that returns [N, 2C, H, W], but this one returns [N, C, H, W].";

    /// <summary>The target out of x_0 and ε.</summary>
    internal Tensor Target(Tensor x0, Tensor ε, PointBatch at) => Prediction switch
    {
        PredictionType.Epsilon => ε.alias(),
        PredictionType.X0 => x0.alias(),
        _ => at.Times(point => Target(point).OfEpsilon, ε).Plus(at.Times(point => Target(point).OfX0, x0)),
    };

    /// <summary>x_0 = (q x - σ output)/(q α - p σ), where the output is p x_0 + q ε.</summary>
    internal Tensor X0Of(Tensor x, Tensor output, PointBatch at) => Prediction switch
    {
        PredictionType.Epsilon => at.Over(point => point.Alpha, x - at.Times(point => point.Sigma, output)),
        PredictionType.X0 => output.alias(),
        _ => at.Times(point => Target(point).OfEpsilon / Determinant(Prediction, point), x)
            - at.Times(point => point.Sigma / Determinant(Prediction, point), output),
    };

    /// <summary>ε = (α output - p x)/(q α - p σ).</summary>
    /// <exception cref="InvalidOperationException">At the data itself ε does not follow from x_0.</exception>
    internal Tensor EpsilonOf(Tensor x, Tensor output, PointBatch at) => Prediction switch
    {
        PredictionType.Epsilon => output.alias(),
        PredictionType.X0 when at.Any(point => point.Sigma == 0) => throw new InvalidOperationException(
            "At the data itself epsilon does not follow from x_0: invert with SamplingEnd.FirstStep, or DdimInversion.FromFirstStep."),
        PredictionType.X0 => at.Over(point => point.Sigma, x - at.Times(point => point.Alpha, output)),
        _ => at.Times(point => point.Alpha / Determinant(Prediction, point), output)
            - at.Times(point => Target(point).OfX0 / Determinant(Prediction, point), x),
    };

    /// <summary>ln σ² of the reverse step by the network's second C channels.</summary>
    /// <param name="channels">They.</param>
    /// <param name="small">ln β̃.</param>
    /// <param name="span">ln β - ln β̃.</param>
    /// <exception cref="InvalidOperationException">The network has no second C channels.</exception>
    internal Tensor LogVariance(Tensor? channels, double small, double span) =>
        LogVariance(channels, said => said.Plus(1).Over(2).Times(span).Plus(small));

    /// <inheritdoc cref="LogVariance(Tensor, double, double)"/>
    internal Tensor LogVariance(Tensor? channels, Tensor small, Tensor span) =>
        LogVariance(channels, said => (said.Plus(1).Over(2) * span).Plus(small));

    private Tensor LogVariance(Tensor? channels, Func<Tensor, Tensor> between)
    {
        var said = channels ?? throw new InvalidOperationException(NeedsChannels);
        return Variance switch
        {
            LearnedVariance.Range => between(said),
            LearnedVariance.Logarithm => said.alias(),
            _ => said.log(),
        };
    }

    // q α - p σ, in closed form: of v it is n/s, as α² s² + σ² = n².
    private double Determinant(PredictionType type, DiffusionPoint at) => type switch
    {
        PredictionType.Epsilon => at.Alpha,
        PredictionType.X0 => -at.Sigma,
        PredictionType.V => Norm(at) / SigmaData,
        PredictionType.Edm => -Norm(at) / SigmaData,
        _ => at.Alpha + at.Sigma,
    };

    private double Norm(DiffusionPoint at) => SigmaData == 1 && Math.Abs(at.Alpha * at.Alpha + at.Sigma * at.Sigma - 1) < 1e-12
        ? 1
        : Math.Sqrt(at.Alpha * at.Alpha * SigmaData * SigmaData + at.Sigma * at.Sigma);
}
