using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// The forward process, its posterior and the reverse step, as Ho et al. 2020 write them ("Denoising Diffusion Probabilistic Models").
/// t counts from 0: t = 0 is the paper's 1, and ᾱ before the first step is 1. Coefficients are double until they meet a tensor.
/// </summary>
public sealed class GaussianDiffusion
{
    /// <summary>Makes the process of a schedule.</summary>
    public GaussianDiffusion(INoiseSchedule schedule)
    {
        Schedule = schedule;
        Path = new DiffusionPath(schedule);
    }

    /// <summary>Where the betas come from.</summary>
    public INoiseSchedule Schedule { get; }

    /// <summary>The same process by α, σ, ρ, λ, which samplers work with.</summary>
    public DiffusionPath Path { get; }

    /// <summary>T.</summary>
    public int Steps => Path.Steps;

    /// <summary>Eq. (4):  x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε, a draw from q(x_t | x_0).</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">The same step for all images, 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">Something is not floating-point images, or of another shape or device than x_0; bytes, for
    /// example.</exception>
    public Tensor Diffuse(Tensor x0, int t, Tensor noise)
    {
        Check(x0, noise, nameof(noise));
        using var scope = NewDisposeScope();
        var point = At(t);
        return (point.Alpha * x0 + point.Sigma * noise).MoveToOuterDisposeScope();
    }

    /// <summary>Eq. (4) with a step of its own for each image.</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">As for one step, or there are not N steps.</exception>
    public Tensor Diffuse(Tensor x0, IReadOnlyList<int> t, Tensor noise)
    {
        Check(x0, noise, nameof(noise));
        Check(t, x0);
        using var scope = NewDisposeScope();
        return Mix(t, point => point.Alpha, x0, point => point.Sigma, noise).MoveToOuterDisposeScope();
    }

    /// <summary>Eq. (7):  μ̃_t(x_t, x_0) = √ᾱ_{t-1} β_t/(1-ᾱ_t) · x_0 + √α_t (1-ᾱ_{t-1})/(1-ᾱ_t) · x_t, the mean of q(x_{t-1} | x_t, x_0).</summary>
    /// <param name="xt">x_t, [N, C, H, W].</param>
    /// <param name="x0">x_0, [N, C, H, W].</param>
    /// <param name="t">0 to T-1.</param>
    /// <returns>[N, C, H, W]; the caller owns it.</returns>
    public Tensor PosteriorMean(Tensor xt, Tensor x0, int t)
    {
        Batch.Check(xt, nameof(xt));
        Batch.CheckLike(x0, nameof(x0), xt, "x_t");
        using var scope = NewDisposeScope();
        var (β, ᾱ, ᾱPrevious) = (Path.Beta(t), Path.AlphaBar(t), Path.AlphaBar(t - 1));
        var mean = Math.Sqrt(ᾱPrevious) * β / (1 - ᾱ) * x0 + Math.Sqrt(1 - β) * (1 - ᾱPrevious) / (1 - ᾱ) * xt;
        return mean.MoveToOuterDisposeScope();
    }

    /// <summary>Eq. (7):  β̃_t = (1-ᾱ_{t-1})/(1-ᾱ_t) · β_t, the variance of q(x_{t-1} | x_t, x_0); 0 at t = 0.</summary>
    public double PosteriorVariance(int t) => (1 - Path.AlphaBar(t - 1)) / (1 - Path.AlphaBar(t)) * Path.Beta(t);

    /// <summary>Eq. (15):  x_0 ≈ (x_t - √(1-ᾱ_t) ε)/√ᾱ_t.</summary>
    /// <param name="xt">x_t, [N, C, H, W].</param>
    /// <param name="epsilon">ε, [N, C, H, W].</param>
    /// <param name="t">0 to T-1.</param>
    /// <returns>x_0, [N, C, H, W], not clipped; the caller owns it.</returns>
    public Tensor PredictX0(Tensor xt, Tensor epsilon, int t)
    {
        Batch.Check(xt, nameof(xt));
        Batch.CheckLike(epsilon, nameof(epsilon), xt, "x_t");
        using var scope = NewDisposeScope();
        var point = AtWithSignal(t);
        return ((xt - point.Sigma * epsilon) / point.Alpha).MoveToOuterDisposeScope();
    }

    /// <summary>Eq. (11):  μ_θ(x_t, t) = 1/√α_t (x_t - β_t/√(1-ᾱ_t) ε_θ), the mean of Algorithm 2, line 4.</summary>
    /// <param name="xt">x_t, [N, C, H, W].</param>
    /// <param name="epsilon">ε_θ(x_t, t), [N, C, H, W].</param>
    /// <param name="t">0 to T-1.</param>
    /// <returns>[N, C, H, W]; the caller owns it.</returns>
    public Tensor ReverseMean(Tensor xt, Tensor epsilon, int t)
    {
        Batch.Check(xt, nameof(xt));
        Batch.CheckLike(epsilon, nameof(epsilon), xt, "x_t");
        using var scope = NewDisposeScope();
        var (β, σ) = (Path.Beta(t), AtWithSignal(t).Sigma);
        return ((xt - β / σ * epsilon) / Math.Sqrt(1 - β)).MoveToOuterDisposeScope();
    }

    /// <summary>What the network learns to say of x_t: ε, x_0, or v = √ᾱ_t ε - √(1-ᾱ_t) x_0 (Salimans and Ho 2022).</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <param name="prediction">Which of them.</param>
    /// <param name="input">Its data's deviation, which v depends on; null for 1.</param>
    /// <returns>[N, C, H, W]; the caller owns it.</returns>
    public Tensor TrainingTarget(Tensor x0, IReadOnlyList<int> t, Tensor noise, PredictionType prediction, NetworkInput? input = null)
    {
        Check(x0, noise, nameof(noise));
        Check(t, x0);
        using var scope = NewDisposeScope();
        input ??= NetworkInput.Step;
        var target = prediction switch
        {
            PredictionType.Epsilon => noise.alias(),
            PredictionType.X0 => x0.alias(),
            PredictionType.V => Mix(t, point => input.V(point).OfEpsilon, noise, point => input.V(point).OfX0, x0),
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "The prediction must be one of PredictionType."),
        };
        return target.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Algorithm 1, line 5: the loss between ε and ε_θ(√ᾱ_t x_0 + √(1-ᾱ_t) ε, t), the mean over all values (eq. 14). <see cref="TrainingLoss"/> has
    /// more of them.
    /// </summary>
    /// <param name="denoiser">ε_θ, or a network that predicts x_0 or v. A learned variance (2C channels) takes no part in this loss.</param>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <param name="kind">Which loss.</param>
    /// <param name="labels">int64 [N], or null.</param>
    /// <param name="prediction">What the network predicts.</param>
    /// <returns>A scalar that can be differentiated; the caller owns it.</returns>
    public Tensor Loss(
        IDenoiser denoiser, Tensor x0, IReadOnlyList<int> t, Tensor noise, LossKind kind = LossKind.L2, Tensor? labels = null,
        PredictionType prediction = PredictionType.Epsilon)
    {
        using var scope = NewDisposeScope();
        var loss = new TrainingLoss { Kind = kind, Prediction = prediction };
        return loss.PerImage(this, denoiser, x0, t, noise, labels).mean().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// x_0 by what the network says of x_t, with a step of its own for each image; not clipped. The inverse of <see cref="TrainingTarget"/>.
    /// </summary>
    internal Tensor ReadX0(Tensor xt, Tensor output, IReadOnlyList<int> t, PredictionType prediction, NetworkInput? input = null)
    {
        input ??= NetworkInput.Step;
        return prediction switch
        {
            PredictionType.Epsilon => Mix(t, point => 1 / point.Alpha, xt, point => -point.Rho, output),
            PredictionType.X0 => output.alias(),
            _ => Mix(t, point => input.X0OfV(point).OfX, xt, point => input.X0OfV(point).OfV, output),
        };
    }

    /// <summary>One number an image, [N, 1, 1, 1].</summary>
    internal static Tensor Column(IEnumerable<double> values, Tensor like) =>
        Upload.To(torch.tensor(values.ToArray()).view(-1, 1, 1, 1), like.device, like.dtype);

    private static void Check(Tensor x0, Tensor noise, string argument)
    {
        Batch.Check(x0, nameof(x0));
        Batch.CheckLike(noise, argument, x0, "x_0");
    }

    private static void Check(IReadOnlyList<int> t, Tensor x0)
    {
        ArgumentNullException.ThrowIfNull(t);
        if (t.Count != x0.shape[0])
            throw new ArgumentException($"There must be one step an image, but there are {t.Count} for {x0.shape[0]} images.", nameof(t));
    }

    private DiffusionPoint At(int t) => t >= 0 && t < Steps
        ? Path.At(t)
        : throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be in 0..{Steps - 1}.");

    private DiffusionPoint AtWithSignal(int t) => At(t) is { Alpha: > 0 } point
        ? point
        : throw new ArgumentOutOfRangeException(nameof(t), t, "At a step of pure noise (zero terminal SNR) x_0 does not follow from epsilon.");

    // a_t · first + b_t · second, with a step of its own for each image
    private Tensor Mix(IReadOnlyList<int> t, Func<DiffusionPoint, double> a, Tensor first, Func<DiffusionPoint, double> b, Tensor second) =>
        PerImage(t, a, first) * first + PerImage(t, b, second) * second;

    private Tensor PerImage(IReadOnlyList<int> t, Func<DiffusionPoint, double> factor, Tensor like) =>
        Column(t.Select(step => factor(At(step))), like);
}
