using System.Text.Json.Serialization;

namespace Ddpm.Benchmarks;

/// <summary>What was measured of one contender at one batch.</summary>
internal sealed record ComparedRow
{
    public required string Network { get; init; }

    public required int Batch { get; init; }

    public required string Contender { get; init; }

    public required string Precision { get; init; }

    /// <summary>Times taken.</summary>
    public required int Turns { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double Median { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double Minimum { get; init; }

    /// <summary>The median of the faster plain form of the same precision over this one's: more than 1 is faster than that.</summary>
    public required double? OverPlain { get; init; }

    /// <summary>10^9 operations of the network as it is written down, a second.</summary>
    public required double Gigaflops { get; init; }

    /// <summary>Of what the machine does in a large product of matrices of the same precision.</summary>
    public required double ShareOfCeiling { get; init; }

    /// <summary>Largest resident memory of a process that does nothing else.</summary>
    public required long? PeakMegabytes { get; init; }

    [JsonIgnore]
    public double ImagesPerSecond => 1000 * Batch / Median;
}
