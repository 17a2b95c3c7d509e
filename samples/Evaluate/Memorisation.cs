namespace Ddpm.Samples;

/// <summary>How near images are to the nearest training image, beside how near real images are that training did not see.</summary>
internal sealed record Memorisation
{
    private const double Share = 0.01;

    /// <summary>Of each image, in their order: the Euclidean distance in feature space to the nearest training image.</summary>
    public required IReadOnlyList<double> Distances { get; init; }

    /// <summary>The same of held-out images; null: there are none.</summary>
    public IReadOnlyList<double>? HeldOut { get; init; }

    public double Median => Quantile(Distances, 0.5);

    public double? HeldOutMedian => HeldOut is null ? null : Quantile(HeldOut, 0.5);

    /// <summary>Nearer than this are <see cref="Share"/> of the held-out images.</summary>
    public double? Near => HeldOut is null ? null : Quantile(HeldOut, Share);

    /// <summary>The share of images that are nearer than <see cref="Near"/>: about 0.01 where nothing is memorised.</summary>
    public double? NearShare => Near is { } near ? Distances.Count(each => each < near) / (double)Distances.Count : null;

    /// <summary>Images that equal a training image in feature space.</summary>
    public int Equal => Distances.Count(each => each <= 1e-6);

    /// <summary>Between the two nearest of the sorted numbers.</summary>
    public static double Quantile(IReadOnlyList<double> numbers, double share)
    {
        double[] sorted = [.. numbers.Order()];
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
