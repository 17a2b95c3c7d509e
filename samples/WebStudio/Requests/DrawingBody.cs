namespace Ddpm.Samples.WebStudio;

/// <summary>What requests for images have in common.</summary>
internal abstract record DrawingBody
{
    /// <summary>By name; null: the first one.</summary>
    public string? Model { get; init; }

    /// <summary>By name; null: the model's own.</summary>
    public string? Sampler { get; init; }

    /// <summary>The sampler's; null: as many as it usually takes.</summary>
    public int? Steps { get; init; }

    /// <summary>null: any.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The class, from 0; null: none.</summary>
    public int? Label { get; init; }

    /// <summary>The scale of guidance; null: none.</summary>
    public double? Guidance { get; init; }
}
