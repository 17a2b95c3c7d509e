using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The weights of a <see cref="UNet"/> as files: written with its own names, read with those of any known layout.</summary>
internal static class UNetWeights
{
    internal static void Save(UNet network, string path) => SafetensorsWriter.Write(path, network.state_dict());

    /// <summary>Refuses weights that cannot be those of a network, before memory is taken for it.</summary>
    /// <exception cref="DataFormatException">The file holds another number of values.</exception>
    internal static void CheckSize(UNetOptions options, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var stored = file.Entries.Sum(entry => entry.Shape.Aggregate(1.0, (product, extent) => product * extent));
        if (stored != UNetSize.Parameters(options))
            throw new DataFormatException(path, null, $"it must hold the {UNetSize.Parameters(options):N0} weights of the network, but holds {stored:N0}");
    }

    /// <summary>Everything is checked before the first weight changes.</summary>
    /// <exception cref="DataFormatException">The file is damaged, or not of this network: a name is missing or left over, or a shape differs.</exception>
    internal static void Load(UNet network, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var stored = file.Entries.ToDictionary(entry => entry.Name);
        var layout = CheckpointLayout.Recognise(stored.Keys)
            ?? throw new DataFormatException(path, null, $"its names must be those of a known network ({CheckpointLayout.Known}), but they are not: the first is '{stored.Keys.FirstOrDefault()}'");
        var pairs = network.state_dict().Select(weight => (Name: layout.NameOf(weight.Key), Weight: weight.Value)).ToArray();
        foreach (var (name, weight) in pairs)
        {
            if (!stored.Remove(name, out var entry))
                throw new DataFormatException(path, null, $"it must hold every weight of the network, but '{name}' is missing");
            if (!Squeeze(entry.Shape).SequenceEqual(Squeeze(weight.shape)))
                throw new DataFormatException(path, null, $"'{name}' must be [{string.Join(", ", weight.shape)}], but is [{string.Join(", ", entry.Shape)}]");
            if (entry.Type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64))
                throw new DataFormatException(path, null, $"'{name}' must hold floating-point numbers, but holds {entry.Type}");
        }
        if (stored.Count > 0)
            throw new DataFormatException(path, null, $"every tensor must belong to the network, but {stored.Count} do not; the first is '{stored.Keys.First()}'");

        using var noGrad = no_grad();
        foreach (var (name, weight) in pairs)
        {
            using var scope = NewDisposeScope();
            weight.copy_(file.Read(name).view(weight.shape));
        }
    }

    // A 1x1 convolution is a linear layer: the trailing ones of its shape say nothing.
    private static IEnumerable<long> Squeeze(IReadOnlyList<long> shape)
    {
        var kept = shape.Count;
        while (kept > 2 && shape[kept - 1] == 1)
            kept--;
        return shape.Take(kept);
    }
}
