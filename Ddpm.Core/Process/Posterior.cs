using Ddpm.Imaging;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// q(x' | x, x_0), the distribution of a less noisy point of the path given a noisier one and the image: Ho et al. 2020, equation (7), for
/// neighbouring steps, and the same for any two points (Song et al. 2021, DDIM, with η = 1).
/// </summary>
/// <param name="From">Where x is; not the data.</param>
/// <param name="To">Where x' is, with less noise.</param>
public readonly record struct Posterior(DiffusionPoint From, DiffusionPoint To)
{
    /// <summary>The step's β: 1 - ᾱ/ᾱ'.</summary>
    public double Beta => 1 - From.Alpha * From.Alpha / (To.Alpha * To.Alpha);

    /// <summary>Its variance β̃ = (1-ᾱ')/(1-ᾱ) β = σ'² (1 - (σ'α/(α'σ))²); 0 in a step to the data.</summary>
    public double Variance => To.Sigma * To.Sigma * (1 - Kept);

    /// <summary>The factor of x_0 in its mean, √ᾱ' β/(1-ᾱ) = α' (1 - (σ'α/(α'σ))²); 1 in a step to the data.</summary>
    public double X0Factor => To.Alpha * (1 - Kept);

    /// <summary>The factor of x in its mean, √(ᾱ/ᾱ') (1-ᾱ')/(1-ᾱ) = (α/α') (σ'/σ)².</summary>
    public double XFactor => From.Alpha / To.Alpha * (To.Sigma / From.Sigma) * (To.Sigma / From.Sigma);

    /// <summary>Its mean μ̃(x, x_0).</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="x0">[N, C, H, W].</param>
    /// <returns>[N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are not images of floating-point numbers, or not of one shape and device.</exception>
    public Tensor Mean(Tensor x, Tensor x0)
    {
        Batch.Check(x, nameof(x));
        Batch.CheckLike(x0, nameof(x0), x, "x");
        using var scope = NewDisposeScope();
        return x0.Times(X0Factor).PlusInPlace(x, XFactor).MoveToOuterDisposeScope();
    }

    // The share of the noise in x that is that in x', as a part of the variance: the signal-to-noise ratio of x by that of x'.
    private double Kept
    {
        get
        {
            var kept = To.Sigma * From.Alpha / (To.Alpha * From.Sigma);
            return Math.Min(kept * kept, 1);
        }
    }
}
