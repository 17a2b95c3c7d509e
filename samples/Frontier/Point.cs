namespace Ddpm.Samples;

/// <summary>One way of drawing the images: how fast, and how far from where the process leads.</summary>
internal sealed record Point
{
    public required string Sampler { get; init; }

    public required int Steps { get; init; }

    /// <summary>float32 or bfloat16.</summary>
    public required string Precision { get; init; }

    /// <summary>How often the network was asked.</summary>
    public required int Evaluations { get; init; }

    /// <summary>For all images, the fastest turn: whatever else a machine does only slows it.</summary>
    public required double Seconds { get; init; }

    /// <summary>For all images, the median turn.</summary>
    public required double MedianSeconds { get; init; }

    /// <summary>In the fastest turn.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Root mean square of the difference from the reference, over all values; these go from -1 to 1.</summary>
    public required double Distance { get; init; }

    /// <summary>Whether noise was drawn after the start: the images are others then, and the distance says nothing.</summary>
    public required bool IsStochastic { get; init; }

    /// <summary>Whether no other deterministic way is nearer and as fast.</summary>
    public bool IsOnFront { get; init; }
}
