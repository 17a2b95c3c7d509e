using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Passes noise on and counts the draws: the first one is the start, and a sampler that takes more is stochastic.</summary>
internal sealed class CountedNoise(INoiseSource noise) : INoiseSource
{
    public int Draws { get; private set; }

    public void Fill(Tensor target, long firstImage, long draw)
    {
        Draws++;
        noise.Fill(target, firstImage, draw);
    }
}
