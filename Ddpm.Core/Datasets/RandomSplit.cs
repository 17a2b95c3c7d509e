using Ddpm.Noise;

namespace Ddpm.Datasets;

/// <summary>Draws which images go into the first of two parts.</summary>
internal static class RandomSplit
{
    /// <returns>For every image, whether it does.</returns>
    internal static bool[] Draw(IImageDataset dataset, double fraction, ulong seed, bool byClass)
    {
        if (fraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction must be above 0 and below 1.");
        var isFirst = new bool[dataset.Count];
        foreach (var images in Groups(dataset, byClass))
        {
            // Those with the smallest draws go first: a draw is of its image alone, so equal ones, which are rare, go by its number.
            var count = (int)Math.Round(fraction * images.Count, MidpointRounding.ToEven);
            foreach (var index in images.OrderBy(index => Seeds.Mix(seed, (ulong)index)).Take(count))
                isFirst[index] = true;
        }
        var first = isFirst.Count(is1 => is1);
        return first > 0 && first < isFirst.Length ? isFirst : throw new ArgumentException(
            $"Both parts must have images, but of {isFirst.Length} the first would have {first} and the second {isFirst.Length - first}.",
            nameof(fraction));
    }

    private static IEnumerable<List<int>> Groups(IImageDataset dataset, bool byClass)
    {
        var all = Enumerable.Range(0, dataset.Count);
        if (!byClass)
            return [[.. all]];
        var labels = dataset.Labels
            ?? throw new ArgumentException("To be split by class the images must have labels, but they have none.", nameof(byClass));
        return all.GroupBy(index => labels[index]).Select(images => images.ToList());
    }
}
