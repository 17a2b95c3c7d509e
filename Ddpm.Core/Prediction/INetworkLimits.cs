namespace Ddpm;

/// <summary>What a network says of itself before it is asked; of one that does not, faults show in its first evaluation.</summary>
internal interface INetworkLimits
{
    /// <summary>Whether it takes the logarithm of what it is told of time, so that this must be above 0.</summary>
    bool NeedsTimeAboveZero { get; }

    /// <summary>How many channels it returns: C, or 2C where it says the variance too.</summary>
    int ReturnedChannels { get; }
}
