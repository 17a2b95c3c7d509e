using System.Globalization;
using Ddpm.Evaluation;
using MathNet.Numerics.Statistics;

namespace Ddpm.Samples;

/// <summary>All figures that follow from features.</summary>
/// <param name="space">Of the features.</param>
/// <param name="seed">KID's subsets follow from it.</param>
/// <param name="stop">Looked at now and then.</param>
internal sealed class Measures(FeatureSpace space, ulong seed, CancellationToken stop)
{
    // N² D operations: more images change little.
    private const int MostCompared = 10_000;

    /// <summary>The package's network is no Inception, so its distance is never called FID.</summary>
    public static string DistanceOf(FeatureSpace space) =>
        space.Name.StartsWith("ResNet-18 ", StringComparison.Ordinal) ? "Fréchet ResNet-18 distance"
        : space.Name.StartsWith("Inception-v3 (2015-12-05)", StringComparison.Ordinal) ? "Fréchet Inception distance (FID)"
        : $"Fréchet distance, {space.Name}";

    /// <summary>Looks only at mean and covariance.</summary>
    /// <param name="evaluated">The images.</param>
    /// <param name="reference">What they are compared with.</param>
    /// <param name="heldOut">Real images that are not among them; null: there are none.</param>
    public Measure Frechet(FeatureSet evaluated, FeatureStatistics reference, FeatureSet? heldOut)
    {
        stop.ThrowIfCancellationRequested();
        var whole = FrechetDistance.Between(evaluated.Statistics, reference);
        double[] parts = [.. evaluated.Parts.Select(part => FrechetDistance.Between(part, reference).Value)];
        var note = string.Create(CultureInfo.InvariantCulture, $"{evaluated.Count:N0} images against {Count(reference)}, {space.Width} features.");
        if (whole.Bias is { } bias)
            note += string.Create(CultureInfo.InvariantCulture,
                $" Two sets of these sizes from one and the same distribution would be about {bias:G3} apart")
                + $"{(Few(whole) ? ", or more as there are few" : "")}: compare only values of equal N.";
        if (whole.IsRankDeficient)
            note += " There are no more images than features, so that the value says little.";
        return new()
        {
            Key = "frechet",
            Name = DistanceOf(space),
            Value = whole.Value,
            // The mean over n parts has a deviation of a part's, divided by √n; the whole has about the same.
            Spread = parts.Length > 1 ? parts.StandardDeviation() / Math.Sqrt(parts.Length) : null,
            OfRealImages = heldOut is null ? null : FrechetDistance.Between(heldOut.Statistics, reference).Value,
            LessIsBetter = true,
            Note = note,
        };
    }

    /// <summary>Looks at each image.</summary>
    /// <inheritdoc cref="Frechet"/>
    public IEnumerable<Measure> ByImages(FeatureSet evaluated, FeatureSet reference, FeatureSet? heldOut)
    {
        using var ours = evaluated.Spread(MostCompared);
        using var theirs = reference.Spread(MostCompared);
        using var real = heldOut?.Spread(MostCompared);
        var kernel = new KernelDistance { Seed = seed };
        var kid = kernel.Between(ours, theirs, stop);
        yield return new()
        {
            Key = "kernel",
            Name = "Kernel distance (KID's formula)",
            Value = kid.Mean,
            Spread = kid.StandardDeviation,
            OfRealImages = real is null ? null : kernel.Between(real, theirs, stop).Mean,
            LessIsBetter = true,
            Note = string.Create(CultureInfo.InvariantCulture,
                $"{kid.Subsets} pairs of subsets of {kid.SubsetSize:N0}. The spread is theirs. Without bias: it may be below 0."),
        };
        var least = new NeighbourMetrics().Neighbours + 1;
        if (Math.Min(ours.shape[0], theirs.shape[0]) < least)
            yield break;
        var neighbours = new NeighbourMetrics().Measure(theirs, ours, stop);
        var best = real is null || real.shape[0] < least ? null : new NeighbourMetrics().Measure(theirs, real, stop);
        var pair = string.Create(CultureInfo.InvariantCulture,
            $"{neighbours.Generated:N0} images, {neighbours.Real:N0} real ones, k = {neighbours.Neighbours}.");
        yield return Share("precision", "Precision", each => each.Precision, neighbours.Generated, "The share of images that are near a real one.");
        yield return Share("recall", "Recall", each => each.Recall, neighbours.Real, "The share of real images that are near an evaluated one.");
        yield return Share("density", "Density", each => each.Density, null, "How deep in the real images they lie; above 1 where these are dense.");
        yield return Share("coverage", "Coverage", each => each.Coverage, neighbours.Real, "The share of real images with an evaluated one nearby.");

        Measure Share(string key, string name, Func<NeighbourResult, double> value, int? of, string says) => new()
        {
            Key = key,
            Name = name,
            Value = value(neighbours),
            // Of a share of n independent images.
            Spread = of is { } n ? Math.Sqrt(value(neighbours) * (1 - value(neighbours)) / n) : null,
            OfRealImages = best is null ? null : value(best),
            LessIsBetter = false,
            Note = $"{says} {pair}",
        };
    }

    // The estimate of the bias is of first order in D / N.
    private bool Few(FrechetResult of) => Math.Min(of.CountA ?? 0, of.CountB ?? 0) < 10 * space.Width;

    private static string Count(FeatureStatistics statistics) =>
        statistics.Count is { } count ? count.ToString("N0", CultureInfo.InvariantCulture) : "an unknown number";
}
