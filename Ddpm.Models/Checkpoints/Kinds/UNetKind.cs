namespace Ddpm;

/// <summary>The library's own network.</summary>
internal sealed class UNetKind : NetworkKind
{
    internal override Type OptionsType => typeof(UNetOptions);

    internal override IDenoiser Create(object options, ulong seed) => new UNet((UNetOptions)options, seed);

    internal override IDenoiser Load(object options, string file)
    {
        using var checkpoint = CheckpointFile.Open(file, new());
        return UNetWeights.Load((UNetOptions)options, checkpoint.Weights, new());
    }
}
