using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Mixes of two noised images, or of two draws of noise.</summary>
public static class Interpolation
{
    // Below this the circle is a line within the precision of float32.
    private const double SmallestSine = 1e-4;

    /// <summary>The mix of each image of one batch with its partner of the other.</summary>
    /// <param name="first">[N, C, H, W]: the result at share 0.</param>
    /// <param name="second">[N, C, H, W]: the result at share 1.</param>
    /// <param name="share">w, 0 to 1.</param>
    /// <param name="kind">sin((1-w)θ)/sin θ and sin(wθ)/sin θ in place of 1-w and w for the spherical one, θ being their angle.</param>
    /// <returns>[N, C, H, W]; the caller owns it.</returns>
    public static Tensor Mix(Tensor first, Tensor second, double share, InterpolationKind kind = InterpolationKind.Linear)
    {
        Batch.Check(first, nameof(first));
        if (!(share is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be in 0..1.");
        EnumArgument.Check(kind, nameof(kind), "The interpolation");
        Batch.CheckLike(second, nameof(second), first, "the first");
        using var scope = NewDisposeScope();
        if (kind == InterpolationKind.Linear)
            return first.Times(1 - share).Plus(second.Times(share)).MoveToOuterDisposeScope();
        var (a, b) = (first.flatten(1).to(ScalarType.Float64), second.flatten(1).to(ScalarType.Float64));
        var cosine = (a * b).sum(1) / (a.norm(1) * b.norm(1));
        var θ = cosine.Clamped(-1, 1).acos();
        var sine = θ.sin();
        var isLine = sine.IsAtLeast(SmallestSine).IsZero();       // an image of zeros has no angle: NaN
        return (Weight(1 - share) * first).Plus(Weight(share) * second).MoveToOuterDisposeScope();

        Tensor Weight(double w) => (θ.Times(w).sin() / sine).Masked(isLine, w).view(-1, 1, 1, 1).to(first.dtype);
    }
}
