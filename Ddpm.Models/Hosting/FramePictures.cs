using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Hosting;

/// <summary>Images of a batch as pictures.</summary>
internal static class FramePictures
{
    /// <param name="images">[N, C, H, W], about -1 to 1, on any device.</param>
    internal static IReadOnlyList<Picture> Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        return [.. Enumerable.Range(0, (int)images.shape[0]).Select(k => Picture.FromTensor(images[k]))];
    }
}
