using Ddpm.Formats;
using Ddpm.Networks;

namespace Ddpm;

/// <summary>The weights of a network in a file of a known layout, under our names.</summary>
internal sealed class CheckpointWeights
{
    private const string Wrapper = "module.";

    private readonly ITensorSource source;
    private readonly Dictionary<string, CheckpointWeight> weights = new(StringComparer.Ordinal);

    private CheckpointWeights(ITensorSource source, CheckpointLayout layout, Dictionary<string, TensorEntry> stored)
    {
        (this.source, Layout) = (source, layout);
        if (layout.Extent(stored.Keys) is not ({ } levels and <= UNetOptionsRules.MostLevels, { } blocks and <= UNetOptionsRules.MostBlocks))
            throw new DataFormatException(source.File, null,
                $"a network of the {layout.Name} layout must have at most {UNetOptionsRules.MostLevels} levels of at most "
                + $"{UNetOptionsRules.MostBlocks} blocks, numbered without gaps, but its names tell others");
        (Levels, Blocks) = (levels, blocks);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (ours, theirs) in layout.Names.All(levels, blocks))
            if (stored.TryGetValue(theirs, out var entry))
            {
                used.Add(theirs);
                if (!weights.TryAdd(ours, new CheckpointWeight(entry, layout.OneTensorForAttention ? PartOf(ours) : null)))
                    throw new DataFormatException(source.File, null,
                        $"'{theirs}' must be there once, but '{weights[ours].Stored.Name}' is the same weight");
            }
        Unexpected = [.. stored.Keys.Where(name => !used.Contains(name) && name != layout.Unused).Order(StringComparer.Ordinal)];
    }

    internal string File => source.File;

    internal CheckpointLayout Layout { get; }

    /// <summary>As the names tell.</summary>
    internal int Levels { get; }

    /// <summary>Residual blocks a level on the way down, as the names tell.</summary>
    internal int Blocks { get; }

    /// <summary>By our names.</summary>
    internal IReadOnlyDictionary<string, CheckpointWeight> ByName => weights;

    /// <summary>Their names that no weight of ours has.</summary>
    internal IReadOnlyList<string> Unexpected { get; }

    /// <summary>Whether a source holds a known network.</summary>
    internal static bool Recognises(ITensorSource source) => CheckpointLayout.Recognise(Names(source).Keys) is not null;

    /// <exception cref="DataFormatException">The names are not those of a known network.</exception>
    internal static CheckpointWeights Of(ITensorSource source)
    {
        var stored = Names(source);
        var layout = CheckpointLayout.Recognise(stored.Keys)
            ?? throw new DataFormatException(source.File, null,
                $"its names must be those of a known network ({CheckpointLayout.Known}), but they are not: "
                + $"the first is '{stored.Keys.FirstOrDefault()}'");
        return new CheckpointWeights(source, layout, stored);
    }

    /// <summary>Copies every weight into a network that <see cref="UNetWeights.Check"/> found to fit.</summary>
    internal void CopyTo(UNet network, bool newOrder)
    {
        foreach (var (name, weight) in network.state_dict())
        {
            using var values = source.Read(weights[name].Stored.Name);
            var up = name.StartsWith("up_", StringComparison.Ordinal);
            weights[name].CopyTo(weight, values, width => network.Options.HeadsOf(width, up), newOrder);
        }
    }

    // Networks trained on several devices carry a prefix on every name.
    private static Dictionary<string, TensorEntry> Names(ITensorSource source)
    {
        var names = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (var entry in source.Entries)
        {
            var name = entry.Name.StartsWith(Wrapper, StringComparison.Ordinal) ? entry.Name[Wrapper.Length..] : entry.Name;
            if (!names.TryAdd(name, entry))
                throw new DataFormatException(source.File, null, $"'{name}' must be there once, but is also there with the prefix {Wrapper}");
        }
        return names;
    }

    private static int? PartOf(string ours)
    {
        var module = ours[..ours.LastIndexOf('.')];
        return module[(module.LastIndexOf('.') + 1)..] switch { "to_q" => 0, "to_k" => 1, "to_v" => 2, _ => null };
    }
}
