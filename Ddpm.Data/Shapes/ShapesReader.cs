using System.Globalization;
using Ddpm.Imaging;
using Ddpm.Noise;

namespace Ddpm;

/// <summary>
/// A data set that needs no files: one circle, square or triangle on white, red, green, blue or orange, of random size and place.
/// Image k has class k mod 12; what is random in it follows from (seed, k) alone, so that it does not depend on the count.
/// </summary>
public sealed class ShapesReader : IDatasetReader
{
    private const int White = 255;

    private static readonly (string Name, byte[] Value)[] Colours =
        [("red", [220, 30, 40]), ("green", [20, 150, 60]), ("blue", [30, 70, 210]), ("orange", [250, 160, 20])];

    private readonly int count, size;
    private readonly ulong seed;

    /// <summary>Says what to draw.</summary>
    /// <param name="count">Number of images, ≥ 1.</param>
    /// <param name="size">H and W in pixels, 8 to 1,024.</param>
    /// <param name="seed">Any number; another one gives other images.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or the images would take more than the memory.</exception>
    public ShapesReader(int count = 4096, int size = 16, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1024);
        if (PixelBlocks.MemoryThatLacks(new(3, size, size), count) is { } memory)
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"The images must fit into the memory of {memory} bytes, but each takes {new ImageShape(3, size, size).Values}.");
        (this.count, this.size, this.seed) = (count, size, seed);
    }

    /// <summary>"red circle", "green circle", … by label.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = Array.AsReadOnly(
        Enum.GetNames<ShapeKind>().SelectMany(kind => Colours.Select(colour => $"{colour.Name} {kind.ToLowerInvariant()}")).ToArray());

    /// <summary>Draws the images: 3 x size x size, with labels that name <see cref="ClassNames"/> (4 · shape + colour).</summary>
    /// <param name="progress">Told now and then, and when the last image is drawn.</param>
    /// <param name="cancellationToken">Looked at between images.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var shape = new ImageShape(3, size, size);
        var pixels = new PixelBlocks(shape, count);
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var meter = new ReadingMeter(progress, count);
        Parallel.For(0, count, options, index =>
        {
            Draw(index, pixels[index].Span);
            meter.Add();
        });
        return ImageDataset.OfBlocks(shape, pixels.Blocks, [.. Enumerable.Range(0, count).Select(Label)], ClassNames);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        string.Create(CultureInfo.InvariantCulture, $"{nameof(ShapesReader)} 1: {count} of {size}, seed {seed}");

    /// <summary>The shape of image <paramref name="index"/>: a quarter to 0.4 of the image's edge in radius, wholly inside.</summary>
    internal Shape ShapeOf(int index)
    {
        var radius = size * (0.25 + 0.15 * Uniform(index, 0));
        double Place(ulong draw) => radius + (size - 2 * radius) * Uniform(index, draw);
        return new((ShapeKind)(Label(index) / Colours.Length), Place(1), Place(2), radius);
    }

    private void Draw(int index, Span<byte> image)
    {
        var shape = ShapeOf(index);
        var colour = Colours[Label(index) % Colours.Length].Value;
        for (var i = 0; i < size * size; i++)
        {
            var coverage = shape.Coverage(i % size, i / size);
            for (var c = 0; c < colour.Length; c++)
                image[c * size * size + i] = (byte)((coverage * colour[c] + (Shape.Points - coverage) * White + Shape.Points / 2) / Shape.Points);
        }
    }

    private static int Label(int index) => index % ClassNames.Count;

    private double Uniform(int index, ulong draw) => Seeds.Uniform(seed, (ulong)index, draw);
}
