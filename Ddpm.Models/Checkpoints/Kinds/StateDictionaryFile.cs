using Ddpm.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Weights of any module in a file, under the module's own names.</summary>
internal static class StateDictionaryFile
{
    private const int Shown = 5;

    /// <summary>Copies a file's tensors into a module; all or none.</summary>
    /// <exception cref="DataFormatException">The file is damaged, or not of this module: names are missing or left over, or shapes
    /// differ.</exception>
    internal static void Read(nn.Module module, string path)
    {
        using var file = TensorFile.Open(path);
        if (file.Dictionaries is not [var stored])
            throw new DataFormatException(path, null, $"it must hold one dictionary of tensors, but holds {file.Dictionaries.Count}");
        var entries = stored.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var weights = module.state_dict();
        var faults = weights.Where(weight => !entries.TryGetValue(weight.Key, out var entry) || !entry.Shape.SequenceEqual(weight.Value.shape)
                || entry.Type != weight.Value.dtype)
            .Select(weight => $"'{weight.Key}' [{string.Join(", ", weight.Value.shape)}] of {weight.Value.dtype} is missing or another")
            .Concat(entries.Keys.Where(name => !weights.ContainsKey(name)).Select(name => $"'{name}' is not of this network"))
            .ToArray();
        if (faults.Length > 0)
            throw new DataFormatException(path, null, "it must hold the weights of the network, but "
                + string.Join("; ", faults.Take(Shown)) + (faults.Length > Shown ? "; …" : ""));
        using var noGrad = no_grad();
        foreach (var (name, weight) in weights)
        {
            using var values = stored.Read(name);
            weight.copy_(values);
        }
    }
}
