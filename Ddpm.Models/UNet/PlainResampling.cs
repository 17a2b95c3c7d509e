using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Half or twice the size without weights.</summary>
internal sealed class PlainResampling(Func<Tensor, Tensor> resample) : nn.Module<Tensor, Tensor, Tensor>(nameof(PlainResampling))
{
    /// <summary>The mean of every 2x2 pixels.</summary>
    internal static Tensor Halve(Tensor x) => nn.functional.avg_pool2d(x, 2);

    /// <summary>Every pixel four times.</summary>
    internal static Tensor Double(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        // A copy of an expanded view: the library's own nearest interpolation is far slower in this memory layout.
        return x.reshape(n, c, h, 1, w, 1).expand(n, c, h, 2, w, 2).reshape(n, c, 2 * h, 2 * w).MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor x, Tensor time) => resample(x);
}
