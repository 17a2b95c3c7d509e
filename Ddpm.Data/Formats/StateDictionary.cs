using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Tensors that a file holds together under one key, such as a model's weights.</summary>
public sealed class StateDictionary : ITensorSource
{
    private readonly Dictionary<string, int> indices = new(StringComparer.Ordinal);
    private readonly Func<int, Tensor> read;

    /// <summary>Names must differ; <paramref name="read"/> copies out the tensor of an index, whose type is not null.</summary>
    internal StateDictionary(string file, string key, IReadOnlyList<TensorEntry> entries, Func<int, Tensor> read, bool holdsOnlyTensors = true)
    {
        (File, Key, Entries, this.read, HoldsOnlyTensors) = (file, key, entries, read, holdsOnlyTensors);
        foreach (var (i, entry) in entries.Index())
            indices.Add(entry.Name, i);
    }

    /// <inheritdoc/>
    public string File { get; }

    /// <summary>
    /// Where it lies in the saved object: "" for the object itself (always so in safetensors), else keys and indices joined by dots, such as
    /// "model", "4" or "optimizer.state.0". Keys may hold dots of their own, so two of a file may coincide.
    /// </summary>
    public string Key { get; }

    /// <summary>Whether it holds nothing else. Other values beside tensors (numbers, text, further containers) are not listed.</summary>
    public bool HoldsOnlyTensors { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public bool Contains(string name) => indices.ContainsKey(name);

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        if (!indices.TryGetValue(name, out var index))
            throw new KeyNotFoundException($"{File} has no tensor \"{name}\"{(Key.Length == 0 ? "" : $" in \"{Key}\"")}.");
        if (Entries[index].Type is null)
            throw new NotSupportedException($"{File}: tensor \"{name}\" is of type {Entries[index].Code}, for which TorchSharp has no tensors.");
        return read(index);
    }
}
