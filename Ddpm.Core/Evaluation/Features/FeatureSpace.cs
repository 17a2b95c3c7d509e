namespace Ddpm.Evaluation;

/// <summary>Where features lie: two images can be compared only by features of equal spaces.</summary>
/// <param name="Name">What a distance between such features is called after, as "Inception-v3 (2015-12-05)".</param>
/// <param name="Width">D, how many numbers an image has.</param>
public sealed record FeatureSpace(string Name, int Width)
{
    /// <summary>What the features are called after.</summary>
    public string Name { get; init => field = Given(value, nameof(Name)); } = Given(Name, nameof(Name));

    /// <summary>D, at least 1.</summary>
    public int Width { get; init => field = AtLeastOne(value); } = AtLeastOne(Width);

    /// <summary>Which one it is: a package's version, or a file's checksum as "sha256:…". null by default: the name says all.</summary>
    public string? Version { get; init; }

    /// <summary>How images become what the extractor looks at, as "bilinear, half pixels, to 299 x 299". null by default: not at all.</summary>
    public string? Resize { get; init; }

    private static int AtLeastOne(int width) => RuleArgument.Check(width >= 1, nameof(Width), width, "at least 1");

    private static string Given(string value, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, name);
        return value;
    }
}
