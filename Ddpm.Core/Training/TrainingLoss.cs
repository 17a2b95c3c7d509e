using Ddpm.Denoising;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What a training step minimises, image by image.</summary>
public sealed record TrainingLoss
{
    /// <summary>Between what and its prediction; or the bound. <see cref="LossKind.L2"/> by default.</summary>
    public LossKind Kind
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Kind), nameof(Kind));
    }

    /// <summary>
    /// The space that the difference is taken in: that of ε, x_0, v, …, which follow from each other (<see cref="Parameterization.LossFactor"/>).
    /// null by default: that of the network's own output.
    /// </summary>
    public PredictionType? Space
    {
        get;
        init => field = value is { } space ? EnumArgument.Check(space, nameof(Space), "The space of the loss") : null;
    }

    /// <summary>How much an image counts at its step. <see cref="LossWeighting.None"/> by default.</summary>
    public LossWeighting Weighting
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Weighting));
    } = LossWeighting.None;

    /// <summary>
    /// λ of L_hybrid = L_simple + λ L_vlb (Nichol and Dhariwal 2021, equation 16, who use 0.001), ≥ 0, by which the network's second C channels learn
    /// the variance: the gradient of L_vlb by the mean is left out. 0 by default: they learn nothing.
    /// </summary>
    public double BoundWeight
    {
        get;
        init => field = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BoundWeight), value, "The weight of the bound must be at least 0 and finite.");
    }

    /// <summary>
    /// The variance of the bound's steps where the network does not say it. <see cref="AncestralVariance.FixedLarge"/> by default.
    /// </summary>
    public AncestralVariance Variance
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Variance), nameof(Variance));
    }

    private bool HasBound => BoundWeight > 0 || Kind == LossKind.VariationalBound;

    /// <summary>The loss of each image at a point and a noise of its own.</summary>
    /// <param name="process">The forward process.</param>
    /// <param name="denoiser">The network; [N, 2C, H, W] where it learns the variance too.</param>
    /// <param name="parameterization">What it is shown, told and asked for.</param>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="at">N points of the path, with noise; whole steps where the bound takes part.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <param name="conditioning">What else the network is given, but for the estimate of x_0; null: nothing.</param>
    /// <param name="showEstimate">Whether the network is first asked without an estimate of x_0 and without gradients, and then shown the x_0 that
    /// it said, clipped to ±1 as sampling does; only for a network that takes one (<see cref="NetworkTraits.TakesEstimate"/>).</param>
    /// <returns>[N], which can be differentiated; the caller owns it.</returns>
    /// <exception cref="ArgumentException">Parts that do not fit together, or to the process.</exception>
    /// <exception cref="InvalidOperationException">The network has not the channels that the loss needs.</exception>
    public Tensor PerImage(
        GaussianDiffusion process, IDenoiser denoiser, Parameterization parameterization, Tensor x0, IReadOnlyList<DiffusionPoint> at, Tensor noise,
        Conditioning? conditioning = null, bool showEstimate = false)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(parameterization);
        ArgumentNullException.ThrowIfNull(x0);
        ArgumentNullException.ThrowIfNull(at);
        Check(process.Path, denoiser, parameterization, showEstimate);
        using var scope = NewDisposeScope();
        var xt = GaussianDiffusion.Diffuse(x0, at, noise);
        var points = new PointBatch(at);
        var shown = points.Over(parameterization.InputDivisor, xt);
        var time = points.Vector(
            parameterization.Time, x0.shape[0], x0.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32, x0.device);
        var given = showEstimate ? (conditioning ?? new()) with { Estimate = Estimate() } : conditioning;
        var (output, channels) = Predictor.Split(denoiser.Predict(shown, time, given), x0);
        if (Kind == LossKind.VariationalBound)
            return Bound(output).Times(process.Steps).MoveToOuterDisposeScope();

        var difference = output - parameterization.Target(x0, noise, points);
        if (Space is { } space && space != parameterization.Prediction)
            difference = points.Times(point => parameterization.LossFactor(space, point), difference);
        var loss = Size(difference);
        if (Weighting != LossWeighting.None)
            loss = points.Times(point => WeightAt(parameterization, point), loss);
        loss = loss.flatten(1).mean([1]);
        // L_t with t drawn uniformly, times T, is L_vlb on average.
        if (BoundWeight > 0)
            loss = loss.Plus(Bound(output.detach()).Times(BoundWeight * process.Steps));
        return loss.MoveToOuterDisposeScope();

        Tensor Estimate()
        {
            using var noGrad = no_grad();
            var (first, _) = Predictor.Split(denoiser.Predict(shown, time, conditioning), x0);
            return parameterization.X0Of(xt, first, points).Clamped(-1, 1);
        }

        Tensor Bound(Tensor predicted)
        {
            var steps = at.Select(point => BoundStep.At(process.Path, StepOf(process.Path, point))).ToArray();
            Func<Tensor, Tensor, Tensor>? learned = parameterization.Variance == LearnedVariance.None
                ? null
                : (small, span) => parameterization.LogVariance(channels, small, span);
            return BoundStep.Bits(steps, Variance, learned, x0, parameterization.X0Of(xt, predicted, points));
        }
    }

    internal void Check(DiffusionPath path, IDenoiser denoiser, Parameterization parameterization, bool showEstimate = false)
    {
        NetworkFit.CheckTime(denoiser, path, parameterization);
        if (showEstimate && !denoiser.Traits.TakesEstimate)
            throw new ArgumentException(
                $"Only a network that takes an estimate of x_0 can be shown one, but this {denoiser.GetType().Name} does not.", nameof(denoiser));
        if (Kind == LossKind.VariationalBound && (BoundWeight > 0 || Weighting != LossWeighting.None || Space is not null))
            throw new ArgumentException(
                "The bound itself must be without weights and spaces, "
                + $"but the bound's weight is {BoundWeight}, the weighting {Weighting} and the space {Space}.");
        if (BoundWeight > 0 && parameterization.Variance == LearnedVariance.None)
            throw new ArgumentException(
                $"With a weight of the bound the network must say the variance ({nameof(Parameterization)}.{nameof(Parameterization.Variance)}), "
                + "but it says none.");
        if (HasBound || showEstimate || Space is PredictionType.X0)
            parameterization.Check(path);
    }

    // w is the weight on (ε - ε_θ)²; by the factor between the spaces it becomes that on the difference taken.
    private double WeightAt(Parameterization parameterization, DiffusionPoint at)
    {
        var factor = parameterization.LossFactor(PredictionType.Epsilon, at)
            / (Space is { } space ? parameterization.LossFactor(space, at) : 1);
        return Weighting.At(at) * factor * factor;
    }

    private static int StepOf(DiffusionPath path, DiffusionPoint at) =>
        double.IsInteger(at.T) && at.T >= 0 && at.T < path.Steps && path.At((int)at.T) == at
        ? (int)at.T
        : throw new ArgumentException($"The bound is a sum over whole steps of the process, but one is asked for at {at}.", nameof(at));

    // By operators that every device has, META included, which has neither abs nor where: the same bits as libtorch's own losses, value and gradient.
    private Tensor Size(Tensor difference)
    {
        if (Kind is not (LossKind.L1 or LossKind.SmoothL1))
            return difference.Squared();
        var size = difference * difference.detach().sign();
        if (Kind == LossKind.L1)
            return size;
        var isSmall = size.detach().IsBelow(1).to(size.dtype);
        return (isSmall * difference.Squared().Over(2)).Plus(isSmall.SubtractedFrom(1) * size.Minus(0.5));
    }
}
