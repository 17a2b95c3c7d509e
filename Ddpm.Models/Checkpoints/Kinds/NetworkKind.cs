namespace Ddpm;

/// <summary>A kind of network: how one is made by its options, and filled with weights.</summary>
internal abstract class NetworkKind
{
    /// <summary>The type of its options.</summary>
    internal abstract Type OptionsType { get; }

    /// <summary>A network with fresh weights on the CPU.</summary>
    internal abstract IDenoiser Create(object options, ulong seed);

    /// <summary>A network with weights from a file.</summary>
    /// <exception cref="DataFormatException">The file is damaged, or not of this network.</exception>
    internal abstract IDenoiser Load(object options, string file);
}
