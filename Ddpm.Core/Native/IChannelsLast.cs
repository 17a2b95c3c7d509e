namespace Ddpm;

/// <summary>A network that lays its images out by <see cref="ChannelsLast"/> for every convolution on the CPU.</summary>
internal interface IChannelsLast
{
    /// <summary>Whether every width inside is a multiple of <see cref="ChannelsLast.Block"/>.</summary>
    bool HasWholeBlocks { get; }
}
