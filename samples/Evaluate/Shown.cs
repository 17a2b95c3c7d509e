namespace Ddpm.Samples;

/// <summary>Some images of many.</summary>
internal static class Shown
{
    /// <summary>So many indices, evenly spread, as sets are often in the order of their classes.</summary>
    public static int[] Spread(int all, int some) => [.. Enumerable.Range(0, some).Select(i => (int)((long)i * all / some))];

    /// <summary>The labels of some images for a network with classes; null: for none, or its null class where the images have no labels.</summary>
    public static IReadOnlyList<int>? Labels(Diffusion diffusion, IImageDataset images, IReadOnlyList<int> which) =>
        diffusion.Denoiser.Traits.Classes is > 0 and var classes && images.Labels is { } labels && which.All(index => labels[index] < classes)
            ? [.. which.Select(index => labels[index])]
            : null;
}
