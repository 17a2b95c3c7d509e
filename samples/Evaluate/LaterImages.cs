using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>The noise of a batch that is drawn by itself: its first image is image <paramref name="first"/> of the whole set.</summary>
internal sealed class LaterImages(INoiseSource source, long first) : INoiseSource
{
    public void Fill(Tensor target, long firstImage, long draw) => source.Fill(target, first + firstImage, draw);
}
