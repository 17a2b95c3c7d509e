using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>What a training step minimises, image by image.</summary>
public sealed record TrainingLoss
{
    /// <summary>Between what and its prediction; or the bound. <see cref="LossKind.L2"/> by default.</summary>
    public LossKind Kind
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Kind), nameof(Kind));
    }

    /// <summary>What the network predicts. ε by default.</summary>
    public PredictionType Prediction
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Prediction), nameof(Prediction));
    }

    /// <summary>What the network is shown and told. x_t and the step t by default.</summary>
    public NetworkInput Input
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Input));
    } = NetworkInput.Step;

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
    /// What the network's second C channels are; not used without <see cref="BoundWeight"/> or <see cref="LossKind.VariationalBound"/>.
    /// <see cref="AncestralVariance.LearnedRange"/> by default.
    /// </summary>
    public AncestralVariance Variance
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Variance), nameof(Variance));
    } = AncestralVariance.LearnedRange;

    private bool HasBound => BoundWeight > 0 || Kind == LossKind.VariationalBound;

    /// <summary>The loss of each image at a step and a noise of its own.</summary>
    /// <param name="process">The forward process.</param>
    /// <param name="denoiser">The network; [N, 2C, H, W] where it learns the variance too.</param>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <param name="labels">int64 [N], or null.</param>
    /// <param name="showEstimate">Whether the network is first asked without an estimate of x_0 and without gradients, and then shown the x_0 that
    /// it said, clipped to ±1 as sampling does; only for an <see cref="ISelfConditionedDenoiser"/> that takes one.</param>
    /// <returns>[N], which can be differentiated; the caller owns it.</returns>
    /// <exception cref="ArgumentException">Parts that do not fit together, or to the process.</exception>
    /// <exception cref="InvalidOperationException">The network has not the channels that the loss needs.</exception>
    public Tensor PerImage(
        GaussianDiffusion process, IDenoiser denoiser, Tensor x0, IReadOnlyList<int> t, Tensor noise, Tensor? labels = null,
        bool showEstimate = false)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(x0);
        ArgumentNullException.ThrowIfNull(t);
        Check(process, denoiser, showEstimate);
        using var scope = NewDisposeScope();
        var xt = process.Diffuse(x0, t, noise);
        var points = t.Select(step => process.Path.At(step)).ToArray();
        var shown = Shown(xt, points);
        var type = x0.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var told = Upload.To(torch.tensor(points.Select(Input.Told).ToArray()), x0.device, type);
        var said = showEstimate ? TakerOf(denoiser).Predict(shown, told, labels, Estimate()) : denoiser.Predict(shown, told, labels);
        var (output, channels) = Predictor.Split(said, x0);
        if (Kind == LossKind.VariationalBound)
            return (process.Steps * Bound(output)).MoveToOuterDisposeScope();

        var loss = Difference(output, process.TrainingTarget(x0, t, noise, Prediction, Input));
        if (Weighting != LossWeighting.None)
            loss = loss * GaussianDiffusion.Column(points.Select(point => Weighting.At(point, Prediction, Input.DataDeviation)), x0);
        loss = loss.flatten(1).mean([1]);
        // L_t with t drawn uniformly, times T, is L_vlb on average.
        if (BoundWeight > 0)
            loss = loss + BoundWeight * process.Steps * Bound(output.detach());
        return loss.MoveToOuterDisposeScope();

        Tensor Estimate()
        {
            using var noGrad = no_grad();
            var (first, _) = Predictor.Split(denoiser.Predict(shown, told, labels), x0);
            return process.ReadX0(xt, first, t, Prediction, Input).clamp(-1, 1);
        }

        Tensor Bound(Tensor predicted) =>
            BoundStep.Bits(
                [.. t.Select(step => BoundStep.At(process.Path, step))], Variance, x0, process.ReadX0(xt, predicted, t, Prediction, Input), channels);
    }

    internal void Check(GaussianDiffusion process, IDenoiser denoiser, bool showEstimate = false)
    {
        NetworkFit.CheckTold(denoiser, process.Path, Input);
        if (Kind == LossKind.VariationalBound && (BoundWeight > 0 || Weighting != LossWeighting.None))
            throw new ArgumentException(
                $"The bound itself must be without weights, but the bound's weight is {BoundWeight} and the weighting {Weighting}.");
        if (BoundWeight > 0 && Variance is AncestralVariance.FixedLarge or AncestralVariance.FixedSmall)
            throw new ArgumentException($"With a weight of the bound the variance must be a learned one, but is {Variance}.");
        if (HasBound || showEstimate)
            new PredictorOptions { Type = Prediction, Input = Input }.Check(process.Path);
    }

    private Tensor Shown(Tensor xt, DiffusionPoint[] points)
    {
        var divisors = points.Select(Input.Divisor).ToArray();
        return Array.TrueForAll(divisors, divisor => divisor == 1) ? xt : xt / GaussianDiffusion.Column(divisors, xt);
    }

    private static ISelfConditionedDenoiser TakerOf(IDenoiser denoiser) => denoiser is ISelfConditionedDenoiser { TakesEstimate: true } taker
        ? taker
        : throw new ArgumentException(
            $"Only a network that takes an estimate of x_0 can be shown one, but this {denoiser.GetType().Name} does not.", nameof(denoiser));

    // By operators that every device has, META included, which has neither abs nor where: the same bits as libtorch's own losses, value and gradient.
    private Tensor Difference(Tensor predicted, Tensor target)
    {
        var difference = predicted - target;
        if (Kind is not (LossKind.L1 or LossKind.SmoothL1))
            return difference.square();
        var size = difference * difference.detach().sign();
        if (Kind == LossKind.L1)
            return size;
        var isSmall = size.detach().lt(1).to(size.dtype);
        return isSmall * (difference.square() / 2) + (1 - isSmall) * (size - 0.5);
    }
}
