using Ddpm.Imaging;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// The forward process and its posterior, as Ho et al. 2020 write them ("Denoising Diffusion Probabilistic Models"); training and sampling run this
/// code. t counts from 0: t = 0 is the paper's 1, and ᾱ before the first step is 1. Coefficients are double until they meet a tensor.
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
    public Tensor Diffuse(Tensor x0, int t, Tensor noise) => Diffuse(x0, new PointBatch(At(t)), noise);

    /// <summary>Eq. (4) with a step of its own for each image.</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">As for one step, or there are not N steps.</exception>
    public Tensor Diffuse(Tensor x0, IReadOnlyList<int> t, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(t);
        return Diffuse(x0, (IReadOnlyList<DiffusionPoint>)[.. t.Select(At)], noise);
    }

    /// <summary>Eq. (4) at a point of its own for each image: x = α x_0 + σ ε.</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="at">N points of the path.</param>
    /// <param name="noise">ε, [N, C, H, W].</param>
    /// <returns>x, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">As for one step, or there are not N points.</exception>
    public static Tensor Diffuse(Tensor x0, IReadOnlyList<DiffusionPoint> at, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(at);
        if (at.Count != Batch.Check(x0, nameof(x0)))
            throw new ArgumentException($"There must be one step an image, but there are {at.Count} for {x0.shape[0]} images.", nameof(at));
        return Diffuse(x0, new PointBatch(at), noise);
    }

    /// <summary>
    /// Eq. (7):  q(x_{t-1} | x_t, x_0) = N(μ̃_t, β̃_t) with μ̃_t = √ᾱ_{t-1} β_t/(1-ᾱ_t) · x_0 + √α_t (1-ᾱ_{t-1})/(1-ᾱ_t) · x_t and
    /// β̃_t = (1-ᾱ_{t-1})/(1-ᾱ_t) · β_t.
    /// </summary>
    /// <param name="t">0 to T-1; at 0 it is x_0 itself.</param>
    public Posterior Posterior(int t) => new(At(t), Path.At(t - 1));

    internal static Tensor Diffuse(Tensor x0, PointBatch at, Tensor noise)
    {
        Batch.Check(x0, nameof(x0));
        Batch.CheckLike(noise, nameof(noise), x0, "x_0");
        using var scope = NewDisposeScope();
        return at.Times(point => point.Alpha, x0).Plus(at.Times(point => point.Sigma, noise)).MoveToOuterDisposeScope();
    }

    private DiffusionPoint At(int t) => t >= 0 && t < Steps
        ? Path.At(t)
        : throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be in 0..{Steps - 1}.");
}
