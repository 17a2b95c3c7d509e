using System.Globalization;

namespace Ddpm.Formats;

/// <summary>Finds the tensors in a saved object. It is a graph: parts may be shared, and a list may hold itself.</summary>
internal sealed class PytorchGraph(string file, PytorchTensorReader reader, long maxBytes)
{
    private const int MaxDepth = 64, MaxVisits = 1_000_000, MaxTensors = 100_000, MaxDictionaries = 20_000, MaxKeys = 1 << 22;

    private readonly List<StateDictionary> found = [];
    private readonly List<string> path = [];
    private int visits, tensors, keys;
    private long bytes;

    /// <summary>Every container that holds tensors itself, before those that it holds.</summary>
    internal IReadOnlyList<StateDictionary> Find(object root)
    {
        if (root is PytorchTensor tensor)
            Add([("", tensor)], holdsOnlyTensors: true);
        else
            Visit(root);
        return found;
    }

    private void Visit(object container)
    {
        var count = Count(container);
        visits += count;
        if (visits > MaxVisits)
            throw Refuse($"the saved object may have at most {MaxVisits} parts, shared ones counted each time");
        List<(string Name, PytorchTensor Tensor)>? own = null;
        for (var i = 0; i < count; i++)
            if (Value(container, i) is PytorchTensor tensor)
                (own ??= []).Add((Name(container, i), tensor));
        if (own is not null)
            Add(own, own.Count == count && Contents(container) is not PickleDictionary { LacksItems: true });
        for (var i = 0; i < count; i++)
            if (Value(container, i) is var inner && Count(inner) > 0)
                Enter(Name(container, i), inner);
    }

    private void Enter(string name, object container)
    {
        if (path.Count == MaxDepth)
            throw Refuse($"containers may be nested at most {MaxDepth} deep in the saved object, and none may hold itself");
        path.Add(name);
        Visit(container);
        path.RemoveAt(path.Count - 1);
    }

    private void Add(List<(string Name, PytorchTensor Tensor)> own, bool holdsOnlyTensors)
    {
        tensors += own.Count;
        keys += path.Sum(name => name.Length + 1);
        if (tensors > MaxTensors || found.Count == MaxDictionaries || keys > MaxKeys)
            throw Refuse($"there may be at most {MaxTensors} tensors in {MaxDictionaries} dictionaries, whose keys may have {MaxKeys} characters");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in own)
        {
            if (!names.Add(name))
                throw Refuse($"{Quote.Of(name)} may be the name of one tensor only, be it text or a number");
            if (tensor.Bytes > maxBytes - bytes)
                throw Refuse($"all tensors together may take at most {maxBytes} bytes, counting what several of them show each time");
            bytes += tensor.Bytes;
        }
        List<TensorEntry> entries = [.. own.Select(pair => Entry(pair.Name, pair.Tensor))];
        found.Add(new StateDictionary(file, string.Join('.', path), entries, index => reader.Read(own[index].Tensor), holdsOnlyTensors));
    }

    private static TensorEntry Entry(string name, PytorchTensor tensor) => new(
        name,
        tensor.Type.Name,
        tensor.Type.Scalar,
        tensor.Sizes.AsReadOnly(),
        tensor.Storage.Offset + tensor.Offset * tensor.Type.Size,
        tensor.Bytes);

    private static int Count(object value) => Contents(value) switch
    {
        PickleDictionary dictionary => dictionary.Items.Count,
        IReadOnlyList<object> list => list.Count,
        _ => 0,
    };

    private static object Value(object container, int index) =>
        Contents(container) is PickleDictionary dictionary ? dictionary.Items[index].Value : ((IReadOnlyList<object>)Contents(container)!)[index];

    private static string Name(object container, int index) => Convert.ToString(
        Contents(container) is PickleDictionary dictionary ? dictionary.Items[index].Key : index, CultureInfo.InvariantCulture)!;

    private static object? Contents(object value) => value is PickleOpaque opaque ? opaque.Contents : value;

    private DataFormatException Refuse(string rule) => new(file, null, rule);
}
