namespace Ddpm.Samples;

/// <summary>What an ONNX file wants, which the file itself does not say.</summary>
internal sealed record OnnxFeaturesOptions
{
    /// <summary>What distances between its features are called after; null by default: the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The SHA-256 that the file must have, as 64 hexadecimal digits; null by default: any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What images it takes.</summary>
    public FeatureInput Input { get; init; } = new();

    /// <summary>Which of its outputs are the features; null by default: its only one.</summary>
    public string? Output { get; init; }

    /// <summary>Images that are worked on side by side; null by default: as many as there are processors.</summary>
    public int? Threads
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There must be at least 1 thread.");
    }
}
