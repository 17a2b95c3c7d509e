namespace Ddpm.Formats;

/// <summary>Sizes that a file declares.</summary>
internal static class Extents
{
    /// <summary>
    /// The product of sizes, 0 if one is 0; null where one is negative or the others do not fit 64 bits, which a 0 among them does not excuse.
    /// </summary>
    internal static long? Product(IEnumerable<long> sizes)
    {
        long product = 1;
        var empty = false;
        foreach (var size in sizes)
        {
            if (size < 0 || (size > 0 && product > long.MaxValue / size))
                return null;
            empty |= size == 0;
            product *= Math.Max(size, 1);
        }
        return empty ? 0 : product;
    }
}
