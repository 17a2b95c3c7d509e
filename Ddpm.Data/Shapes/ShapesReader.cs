namespace Ddpm;

/// <summary>
/// A data set that needs no file: circles, squares and triangles in four colours on white, at random places and sizes. A small network learns
/// them in minutes, and anyone can see whether it did. Image k follows from the seed and k alone.
/// </summary>
public sealed class ShapesReader : IDatasetReader
{
    private static readonly (string Name, byte R, byte G, byte B)[] Colours = [("red", 220, 40, 40), ("green", 30, 160, 60), ("blue", 40, 80, 220), ("orange", 250, 160, 20)];
    private readonly int count, size;
    private readonly ulong seed;

    /// <summary>Chooses how many images, and how large.</summary>
    /// <param name="count">≥ 1.</param>
    /// <param name="size">Height and width in pixels, 8 to 1,024.</param>
    /// <param name="seed">Places, sizes, shapes and colours follow from it.</param>
    public ShapesReader(int count = 4096, int size = 16, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (size is < 8 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(size), size, "The size must be in 8..1024 pixels.");
        if ((long)count * size * size * 3 > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Images of {size} x {size} must be at most {Array.MaxLength / (3L * size * size)}.");
        (this.count, this.size, this.seed) = (count, size, seed);
    }

    /// <summary>"red circle", "green circle", … by label: the shape times four plus the colour.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        [.. Enum.GetValues<ShapeKind>().SelectMany(kind => Colours.Select(colour => $"{colour.Name} {kind.ToString().ToLowerInvariant()}"))];

    /// <inheritdoc/>
    public IImageDataset Read()
    {
        var pixels = new byte[(long)count * 3 * size * size];
        var labels = new int[count];
        Parallel.For(0, count, image =>
        {
            labels[image] = (int)(Seeds.Mix(seed, (ulong)image, 0) % (ulong)ClassNames.Count);
            var colour = Colours[labels[image] % Colours.Length];
            var radius = size * (0.26 + 0.14 * Uniform(image, 1));
            var (x, y) = (Place(image, 2, radius), Place(image, 3, radius));
            var plane = size * size;
            for (var i = 0; i < plane; i++)
            {
                var share = Shape.Coverage((ShapeKind)(labels[image] / Colours.Length), i % size - x, i / size - y, radius);
                var at = (image * 3 * plane) + i;
                (pixels[at], pixels[at + plane], pixels[at + 2 * plane]) = (Mix(share, colour.R), Mix(share, colour.G), Mix(share, colour.B));
            }
        });
        return new ImageDataset(new ImageShape(3, size, size), pixels, labels, ClassNames);
    }

    // The whole shape stays inside the image.
    private double Place(int image, ulong draw, double radius) => radius + (size - 2 * radius) * Uniform(image, draw);

    private double Uniform(int image, ulong draw) => (Seeds.Mix(seed, (ulong)image, draw) >> 11) * (1.0 / (1UL << 53));

    private static byte Mix(double share, byte colour) => (byte)Math.Round(255 + share * (colour - 255));
}
