namespace Ddpm;

/// <summary>A dict or an OrderedDict of Python, in the order in which it was filled.</summary>
internal sealed class PickleDictionary(bool ordered)
{
    /// <summary>Whether it is an OrderedDict.</summary>
    internal bool Ordered => ordered;

    internal OrderedDictionary<object, object> Items { get; } = new(PickleKeys.Comparer);
}
