using System.Text.Json;
using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Tensors spread over several files beside an index that says which file holds which.</summary>
internal sealed class ShardedTensors : ITensorSource, IDisposable
{
    private const int MostWeights = 100_000;

    private readonly Dictionary<string, ITensorSource> byName = new(StringComparer.Ordinal);
    private readonly List<IDisposable> open = [];

    private ShardedTensors(string index) => File = index;

    public string File { get; }

    public IReadOnlyList<TensorEntry> Entries { get; private set; } = [];

    internal static ShardedTensors Open(string index)
    {
        var tensors = new ShardedTensors(index);
        try
        {
            tensors.ReadIndex();
            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => byName.ContainsKey(name);

    public Tensor Read(string name) =>
        byName.TryGetValue(name, out var source) ? source.Read(name) : throw new KeyNotFoundException($"{File} has no tensor \"{name}\".");

    public void Dispose() => open.ForEach(file => file.Dispose());

    private void ReadIndex()
    {
        var entries = new List<TensorEntry>();
        foreach (var shard in Map().GroupBy(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal))
        {
            var source = OpenShard(shard.Key);
            var stored = source.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
            foreach (var name in shard)
            {
                entries.Add(stored.TryGetValue(name, out var entry)
                    ? entry
                    : throw new DataFormatException(File, null, $"'{name}' must be in {shard.Key}, but is not"));
                byName.Add(name, source);
            }
        }
        Entries = entries;
    }

    // Names of files are data: one beside the index, nothing else.
    private StateDictionary OpenShard(string name)
    {
        if (name != Path.GetFileName(name) || name.AsSpan().ContainsAny('/', '\\'))
            throw new DataFormatException(File, null, $"a shard must be a file beside the index, but is '{name}'");
        var shard = TensorFile.Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File))!, name));
        open.Add(shard);
        return shard.Dictionaries is [{ } only]
            ? only
            : throw new DataFormatException(shard.File, null, $"a shard must hold one dictionary of tensors, but holds {shard.Dictionaries.Count}");
    }

    // {"metadata": {...}, "weight_map": {name: file}}
    private Dictionary<string, string> Map()
    {
        using var document = JsonFile.Read(File);
        try
        {
            var map = document.RootElement.GetProperty("weight_map").EnumerateObject()
                .ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);
            return map.Count <= MostWeights
                ? map
                : throw new DataFormatException(File, null, $"an index may name {MostWeights} weights, but names {map.Count}");
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new DataFormatException(
                File, null, "an index must have a weight_map from names, each once, to files: " + fault.Message.TrimEnd('.'), fault);
        }
    }
}
