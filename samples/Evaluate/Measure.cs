namespace Ddpm.Samples;

/// <summary>One figure of an evaluation.</summary>
internal sealed record Measure
{
    /// <summary>Its name in evaluation.json.</summary>
    public required string Key { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    public required double Value { get; init; }

    /// <summary>A standard deviation: how much of the value is chance. null: not known.</summary>
    public double? Spread { get; init; }

    /// <summary>The same measure of held-out real images, as many as there are up to as many as were evaluated: what is as good as real.</summary>
    public double? OfRealImages { get; init; }

    /// <summary>Whether less is better; otherwise more.</summary>
    public required bool LessIsBetter { get; init; }

    /// <summary>What it was made from, and what to doubt.</summary>
    public required string Note { get; init; }
}
