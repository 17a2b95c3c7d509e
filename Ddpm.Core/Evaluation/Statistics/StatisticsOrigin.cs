namespace Ddpm.Evaluation;

/// <summary>What statistics were made from, so that whoever compares with them knows.</summary>
public sealed record StatisticsOrigin
{
    /// <summary>The data set, folder or model, as "CIFAR-10". null: not known.</summary>
    public string? Data { get; init; }

    /// <summary>Its part, as "train". null: all, or not known.</summary>
    public string? Split { get; init; }

    /// <summary>How its images were resized before they were given to the extractor; null: not at all, or not known.</summary>
    public string? Resize { get; init; }

    /// <summary>Where the features lie; null: not known, as in files of other programs.</summary>
    public FeatureSpace? Space { get; init; }

    /// <summary>The program that made them, as "Ddpm 0.2.0". null: not known.</summary>
    public string? Program { get; init; }
}
