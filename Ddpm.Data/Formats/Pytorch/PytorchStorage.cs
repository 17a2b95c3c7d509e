namespace Ddpm.Formats;

/// <summary>The memory behind tensors, several of which may show parts of it.</summary>
internal sealed class PytorchStorage(string key, PytorchType.Store store, long count)
{
    internal string Key => key;

    internal PytorchType.Store Store => store;

    /// <summary>Its values; bytes where they have no type.</summary>
    internal long Count => count;

    internal long Bytes { get; } = checked(count * store.Size);

    /// <summary>Where it lies in the file, known once the container has been read.</summary>
    internal long Offset { get; set; } = -1;

    /// <summary>The checksum that its bytes must have; null if the container has none, or once they have been found sound.</summary>
    internal uint? UncheckedCrc { get; set; }
}
