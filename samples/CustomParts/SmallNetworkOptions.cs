namespace Ddpm.Samples;

/// <summary>All that a <see cref="SmallNetwork"/> is made by: saved beside its weights, as JSON.</summary>
internal sealed record SmallNetworkOptions
{
    public required int Size { get; init; }

    public int Width { get; init; } = 32;
}
