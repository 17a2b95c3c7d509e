using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The weights of a <see cref="UNet"/> as files: written with its own names, read with those of any known layout.</summary>
internal static class UNetWeights
{
    private const int Shown = 5;

    /// <summary>A network with weights from a file. Everything is checked before memory is taken for it.</summary>
    /// <exception cref="DataFormatException">The file is damaged, or not of this network: names are missing or left over, or shapes
    /// differ.</exception>
    internal static UNet Load(UNetOptions options, CheckpointWeights weights, PretrainedOptions given)
    {
        Check(options, weights, given);
        var network = new UNet(options, device: null);
        try
        {
            weights.CopyTo(network, given.NewAttentionOrder);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void Check(UNetOptions options, CheckpointWeights weights, PretrainedOptions given)
    {
        using var scope = NewDisposeScope();
        using var plan = new UNet(options, META);
        var expected = plan.state_dict();
        var faults = new List<string>();
        Add("missing", expected.Keys.Where(name => !weights.ByName.ContainsKey(name)));
        Add("of another shape",
            from weight in expected
            where weights.ByName.TryGetValue(weight.Key, out var theirs)
                && !theirs.Shape.SequenceEqual(CheckpointWeight.Squeezed(weight.Value.shape))
            let stored = weights.ByName[weight.Key].Stored
            select $"{stored.Name} [{string.Join(", ", stored.Shape)}] instead of [{string.Join(", ", weight.Value.shape)}]");
        Add("not of floating-point numbers", weights.ByName.Values.Where(weight => !weight.IsFloating).Select(weight => weight.Stored.Name));
        var unexpected = weights.Unexpected.Concat(weights.ByName.Keys.Where(name => !expected.ContainsKey(name)));
        if (!given.MayHoldMore)
            Add("not of this network", unexpected);
        if (faults.Count > 0)
            throw new DataFormatException(weights.File, null, $"it must hold the weights of the network, but {string.Join("; ", faults)}");
        foreach (var name in unexpected)
            given.Warnings?.Report($"{weights.File}: '{name}' is not a weight of this network and is not used.");

        void Add(string fault, IEnumerable<string> names)
        {
            var all = names.ToArray();
            var shown = string.Join(", ", all.Take(Shown)) + (all.Length > Shown ? ", …" : "");
            if (all.Length > 0)
                faults.Add($"{all.Length} {(all.Length == 1 ? "is" : "are")} {fault}: {shown}");
        }
    }
}
