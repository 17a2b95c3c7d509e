namespace Ddpm.Samples;

/// <summary>What a merged set consists of: the same bytes however it was divided.</summary>
internal sealed record SetManifest
{
    /// <summary>How many images.</summary>
    public required int Count { get; init; }

    /// <summary>npz: one file; png: a file an image.</summary>
    public required string Format { get; init; }

    /// <summary>What the images follow from.</summary>
    public required SampleSettings Settings { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<ShardFile> Files { get; init; }
}
