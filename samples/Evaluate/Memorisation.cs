namespace Ddpm.Samples;

/// <summary>How near images are to the nearest training image, beside how near real images are that training did not see.</summary>
internal sealed record Memorisation
{
    private const double Share = 0.01;
    private const int MostAsked = 2000, MostShown = 10, NearByFeatures = 4, NearByPixels = 2;

    /// <summary>Of each image, in their order: the Euclidean distance in feature space to the nearest training image.</summary>
    public required IReadOnlyList<double> Distances { get; init; }

    /// <summary>The same of held-out images; null: there are none.</summary>
    public IReadOnlyList<double>? HeldOut { get; init; }

    /// <summary>The images nearest to a training image, the nearest first.</summary>
    public required IReadOnlyList<ShownImage> Suspects { get; init; }

    /// <summary>The first images.</summary>
    public required IReadOnlyList<ShownImage> First { get; init; }

    public double Median => Quantile(Distances, 0.5);

    public double? HeldOutMedian => HeldOut is null ? null : Quantile(HeldOut, 0.5);

    /// <summary>Nearer than this are <see cref="Share"/> of the held-out images.</summary>
    public double? Near => HeldOut is null ? null : Quantile(HeldOut, Share);

    /// <summary>The share of images that are nearer than <see cref="Near"/>: about 0.01 where nothing is memorised.</summary>
    public double? NearShare => Near is { } near ? Distances.Count(each => each < near) / (double)Distances.Count : null;

    /// <summary>How many images equal a training image in feature space, but for rounding.</summary>
    public int Equal => Distances.Count(each => each <= 1e-5 * (HeldOutMedian ?? Median));

    /// <summary>Looks for the nearest training images.</summary>
    /// <param name="images">The evaluated images.</param>
    /// <param name="features">Their features.</param>
    /// <param name="training">The training images.</param>
    /// <param name="trained">Their features.</param>
    /// <param name="heldOut">Features of held-out images; null: there are none.</param>
    /// <param name="stop">Looked at between blocks.</param>
    public static Memorisation Measure(
        IImageDataset images, FeatureSet features, IImageDataset training, FeatureSet trained, FeatureSet? heldOut, CancellationToken stop)
    {
        var near = Nearest(features, trained, NearByFeatures, stop);
        int[] suspects = [.. near.Index().OrderBy(row => row.Item[0].Distance).ThenBy(row => row.Index).Take(MostShown).Select(row => row.Index)];
        int[] first = [.. Enumerable.Range(0, Math.Min(MostShown, near.Length))];
        return new()
        {
            Distances = [.. near.Select(row => row[0].Distance)],
            HeldOut = heldOut is null ? null : [.. Nearest(heldOut, trained, 1, stop).Select(row => row[0].Distance)],
            Suspects = Show(suspects),
            First = Show(first),
        };

        ShownImage[] Show(int[] which) =>
            [.. NearestImages.ByPixels(images, which, training, NearByPixels, stop).Zip(which, (row, index) => new ShownImage(index, near[index], row))];
    }

    private static Neighbour[][] Nearest(FeatureSet of, FeatureSet among, int neighbours, CancellationToken stop)
    {
        using var asked = of.Read(0, Math.Min(MostAsked, of.Count));
        return NearestImages.Find(asked, among.Read, among.Count, neighbours, stop);
    }

    /// <summary>Between the two nearest of the sorted numbers.</summary>
    public static double Quantile(IReadOnlyList<double> numbers, double share)
    {
        double[] sorted = [.. numbers.Order()];
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
