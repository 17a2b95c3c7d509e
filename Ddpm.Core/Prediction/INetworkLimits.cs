namespace Ddpm;

/// <summary>What a network says of itself before it is asked; of one that does not, faults show in its first evaluation.</summary>
internal interface INetworkLimits
{
    /// <summary>How many channels it returns: C, or 2C where it says the variance too.</summary>
    int ReturnedChannels { get; }

    /// <summary>The rule that a number to be told of time breaks, without its full stop; null: none.</summary>
    string? FaultOfTime(double told);
}
