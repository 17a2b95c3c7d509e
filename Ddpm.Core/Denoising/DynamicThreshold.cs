using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Denoising;

/// <summary>
/// Dynamic thresholding (Saharia et al. 2022, section 2.3): each image's x_0 is clipped to ± s and divided by s, where s is a quantile of its own
/// |x_0|, at least 1.
/// </summary>
public sealed record DynamicThreshold
{
    private readonly double ratio = 0.995, maximum = 1;

    /// <summary>Which quantile, 0 to 1. 0.995 by default.</summary>
    public double Ratio
    {
        get => ratio;
        init => ratio = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Ratio), value, "The quantile must be in 0..1.");
    }

    /// <summary>The largest s, ≥ 1. 1 by default, which is plain clipping to ± 1.</summary>
    public double Maximum
    {
        get => maximum;
        init => maximum = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Maximum), value, "The largest threshold must be at least 1.");
    }

    // By sorting, not by torch's quantile, which refuses more than 2^24 values.
    internal Tensor Apply(Tensor x0)
    {
        using var scope = NewDisposeScope();
        var (sorted, _) = torch.maximum(x0, -x0).flatten(1).sort(1);         // |x_0|: libtorch's META device, which tests use, has no abs
        var position = Ratio * (sorted.shape[1] - 1);
        var below = (long)position;
        var low = sorted.narrow(1, below, 1);
        var high = sorted.narrow(1, Math.Min(below + 1, sorted.shape[1] - 1), 1);
        var s = low.Plus((high - low).Times(position - below)).Clamped(1, Maximum).view(-1, 1, 1, 1);
        return (torch.minimum(torch.maximum(x0, -s), s) / s).MoveToOuterDisposeScope();
    }
}
