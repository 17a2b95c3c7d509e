namespace Ddpm;

/// <summary>A family of checkpoints on the one network: how to tell it, its names, and the constants that its files do not hold.</summary>
internal sealed record CheckpointLayout
{
    public required string Name { get; init; }

    /// <summary>Names that tell the family.</summary>
    public required IReadOnlyList<string> Signature { get; init; }

    public required LayoutNames Names { get; init; }

    /// <summary>Levels and residual blocks a level, from the names of the weights; null if they do not tell.</summary>
    public required Func<IReadOnlyCollection<string>, (int Levels, int Blocks)?> Extent { get; init; }

    /// <summary>The constants of the family; null: its files need a description beside them.</summary>
    public UNetOptions? Constants { get; init; }

    /// <summary>Query, key and value are one tensor, whose rows only the number of heads, which is not in the file, tells apart.</summary>
    public bool OneTensorForAttention { get; init; }

    /// <summary>A weight that occurs beside the network's and is not used.</summary>
    public string? Unused { get; init; }

    private static readonly CheckpointLayout[] All = [Layouts.Diffusers, Layouts.ReferencePrograms, Layouts.HoPort, Layouts.Guided];

    internal static string Known => string.Join(", ", All.Select(layout => layout.Name));

    /// <summary>The layout whose characteristic names are all there, or null.</summary>
    internal static CheckpointLayout? Recognise(IReadOnlyCollection<string> names) =>
        All.FirstOrDefault(layout => layout.Signature.All(names.Contains));
}
