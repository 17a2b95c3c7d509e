namespace Ddpm.Hosting;

/// <summary>Which images are wanted.</summary>
public sealed record GenerationRequest
{
    /// <summary>How many, ≥ 1. 1 by default.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Image k follows from the seed and k alone. null by default: another one each time, which the result tells.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The class of each image; null for a network without classes, or for its null class.</summary>
    public IReadOnlyList<int>? Labels { get; init => field = EquatableList.Of(value); }

    /// <summary>The scale of classifier-free guidance; null by default: without.</summary>
    public double? Guidance { get; init; }

    /// <summary>A sampler by name (<see cref="Samplers.NamedSamplers"/>); null by default: the service's.</summary>
    public string? Sampler { get; init; }

    /// <summary>How many steps, ≥ 1; null by default: the service's, or as many as the named sampler usually takes.</summary>
    public int? Steps { get; init; }
}
