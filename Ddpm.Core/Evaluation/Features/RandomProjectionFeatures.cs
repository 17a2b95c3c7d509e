using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// The pixels, x / 127.5 - 1, times a matrix of normal numbers with variance 1 / D: distances between images stay the same on average (Johnson and
/// Lindenstrauss 1984). They need no file, and tell what <see cref="PixelFeatures"/> tell by fewer numbers.
/// <para>
/// An image's features are summed pixel by pixel in float32, each column for itself, one image after another: their bits depend on neither the
/// images beside it nor the number of threads nor the width of the processor's vectors. The matrix is <see cref="SeededNoise"/>.
/// </para>
/// </summary>
public sealed class RandomProjectionFeatures : IFeatureExtractor
{
    private readonly ImageShape shape;
    private readonly float[] matrix;

    /// <summary>Draws the matrix.</summary>
    /// <param name="shape">C, H and W of every image.</param>
    /// <param name="width">D, the number of features.</param>
    /// <param name="seed">Of the matrix: the same seed is the same projection.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no features, or the matrix would have more than 2^29 numbers.</exception>
    public RandomProjectionFeatures(ImageShape shape, int width = 512, ulong seed = 0)
    {
        RuleArgument.Check(shape.Values is >= 1 and <= int.MaxValue, nameof(shape), shape, "a shape of at most 2^31 - 1 values");
        RuleArgument.Check(width >= 1 && shape.Values * width <= 1 << 29, nameof(width), width, "at least 1, and C x H x W x width at most 2^29");
        (this.shape, matrix) = (shape, Matrix((int)shape.Values, width, seed));
        Space = new($"random projection of {shape.Channels}x{shape.Height}x{shape.Width}", width) { Version = $"seed {seed}" };
    }

    /// <inheritdoc/>
    public FeatureSpace Space { get; }

    /// <inheritdoc/>
    public Tensor Extract(Tensor images)
    {
        FeatureImages.Check(images, nameof(images), shape);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var pixels = Pixels.ToUnit(images.cpu());
        var (values, count) = (pixels.data<float>().ToArray(), checked((int)images.shape[0]));
        var features = new float[checked(count * Space.Width)];
        Parallel.For(0, count, image => Project(
            values.AsSpan(image * (int)shape.Values, (int)shape.Values), features.AsSpan(image * Space.Width, Space.Width)));
        return torch.tensor(features, [count, Space.Width]).MoveToOuterDisposeScope();
    }

    private static float[] Matrix(int values, int width, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var normals = empty([1, 1, values, width]);
        new SeededNoise(seed).Fill(normals, 0, 0);
        return normals.TimesInPlace(1 / Math.Sqrt(width)).data<float>().ToArray();
    }

    private void Project(ReadOnlySpan<float> pixels, Span<float> sums)
    {
        var wholeSums = MemoryMarshal.Cast<float, Vector<float>>(sums);
        var done = wholeSums.Length * Vector<float>.Count;
        for (var i = 0; i < pixels.Length; i++)
        {
            var row = matrix.AsSpan(i * sums.Length, sums.Length);
            var wholeRow = MemoryMarshal.Cast<float, Vector<float>>(row)[..wholeSums.Length];
            for (var j = 0; j < wholeSums.Length; j++)
                wholeSums[j] += wholeRow[j] * pixels[i];
            for (var j = done; j < sums.Length; j++)
                sums[j] += row[j] * pixels[i];
        }
    }
}
