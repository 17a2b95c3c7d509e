using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// A network that always sees the same number of images: fewer are filled up with the last of them, more are cut. libtorch chooses its kernels by the
/// number of images, and they round differently.
/// </summary>
internal sealed class FixedBatchDenoiser(IDenoiser network, int batch, bool isOwned) : DelegatingDenoiser(network), IDisposable
{
    /// <inheritdoc/>
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var images = x.shape[0];
        if (images == batch)
            return Inner.Predict(x, t, conditioning);
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        for (var first = 0L; first < images; first += batch)
        {
            var count = Math.Min(batch, images - first);
            Tensor Filled(Tensor all)
            {
                var part = all.narrow(0, first, count);
                return count == batch ? part : cat([part, .. Enumerable.Repeat(part.narrow(0, count - 1, 1), (int)(batch - count))]);
            }
            parts.Add(Inner.Predict(Filled(x), Filled(t), conditioning?.Map(Filled)).narrow(0, 0, count));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOwned)
            (Inner as IDisposable)?.Dispose();
    }
}
