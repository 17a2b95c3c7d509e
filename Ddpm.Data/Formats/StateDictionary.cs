using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>
/// Tensors that a file holds together under one key, such as a model's weights. Nothing but names, types and shapes is read before a tensor is
/// asked for.
/// </summary>
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

    /// <summary>The file, for messages.</summary>
    public string File { get; }

    /// <summary>
    /// Where it lies in the saved object: "" for the object itself (always so in safetensors), else keys and indices joined by dots, such as
    /// "model", "4" or "optimizer.state.0". Keys may hold dots of their own, so two of a file may coincide.
    /// </summary>
    public string Key { get; }

    /// <summary>Whether it holds nothing else. Other values beside tensors (numbers, text, further containers) are not listed.</summary>
    public bool HoldsOnlyTensors { get; }

    /// <summary>What the file says of its tensors.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => indices.ContainsKey(name);

    /// <summary>Copies one tensor out of the file.</summary>
    /// <param name="name">A name of <see cref="Entries"/>.</param>
    /// <returns>A tensor on the CPU, of the entry's type and shape; the caller owns it.</returns>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="NotSupportedException">It is of a type that TorchSharp lacks.</exception>
    /// <exception cref="DataFormatException">Its values break a rule of the format.</exception>
    public Tensor Read(string name)
    {
        if (!indices.TryGetValue(name, out var index))
            throw new KeyNotFoundException($"{File} has no tensor \"{name}\"{(Key.Length == 0 ? "" : $" in \"{Key}\"")}.");
        if (Entries[index].Type is null)
            throw new NotSupportedException($"{File}: tensor \"{name}\" is of type {Entries[index].Code}, for which TorchSharp has no tensors.");
        return read(index);
    }
}
