namespace Ddpm.Formats;

/// <summary>A dict or an OrderedDict of Python, in the order of its filling. There can be many small ones, so those have no hash table.</summary>
internal sealed class PickleDictionary(bool ordered)
{
    private const int Small = 8;

    private readonly List<KeyValuePair<object, object>> items = [];
    private HashSet<object>? keys;

    /// <summary>Whether it is an OrderedDict.</summary>
    internal bool Ordered => ordered;

    internal IReadOnlyList<KeyValuePair<object, object>> Items => items;

    /// <summary>Whether items were passed over, for want of a name.</summary>
    internal bool LacksItems { get; set; }

    /// <summary>Adds an item unless its key is there.</summary>
    internal bool TryAdd(object key, object value)
    {
        if (items.Count == Small)
            keys = new HashSet<object>(items.Select(item => item.Key), PickleKeys.Comparer);
        if (keys is null ? Contains(key) : !keys.Add(key))
            return false;
        items.Add(KeyValuePair.Create(key, value));
        return true;
    }

    private bool Contains(object key)
    {
        foreach (var item in items)
            if (PickleKeys.Comparer.Equals(item.Key, key))
                return true;
        return false;
    }
}
