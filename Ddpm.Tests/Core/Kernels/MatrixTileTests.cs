using System.Runtime.Intrinsics.X86;
using Ddpm.Kernels;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>The product that all heavy kernels are made of, against the same in double.</summary>
public unsafe class MatrixTileTests
{
    // Numbers around each row of the result, which must stay as they are.
    private const int Gap = 5;
    private const float Untouched = -12345;

    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [Test]
    public void Tile256_IsTheProductOfDoubles([Values(1, 2, 9)] int taps, [Values(1, 3, 32, 77)] int depth) =>
        Check(&MatrixTile256.Multiply, MatrixTile256.Rows, MatrixTile256.Columns, taps, depth);

    [Test]
    public void Tile512_IsTheProductOfDoubles([Values(1, 2, 9)] int taps, [Values(1, 3, 32, 77)] int depth)
    {
        if (!Avx512F.IsSupported)
            Assert.Ignore("This processor has no registers of 512 bits.");
        Check(&MatrixTile512.Multiply, MatrixTile512.Rows, MatrixTile512.Columns, taps, depth);
    }

    [Test]
    public void Tile_IsTheWidestThatThereIs()
    {
        Assert.That(MatrixTile.IsWide, Is.EqualTo(Avx512F.IsSupported));
        Assert.That((MatrixTile.Rows, MatrixTile.Columns), Is.EqualTo(MatrixTile.IsWide ? (8, 32) : (6, 16)));
        Check(MatrixTile.Multiply, MatrixTile.Rows, MatrixTile.Columns, taps: 2, depth: 5);
    }

    [TestCase(1, 1)]
    [TestCase(16, 1)]
    [TestCase(33, 3)]
    public void Panels_AreEnoughForAllColumns(int columns, int of256)
    {
        var panels = MatrixTile.Panels(columns);
        Assert.That(panels * MatrixTile.Columns, Is.GreaterThanOrEqualTo(columns).And.LessThan(columns + MatrixTile.Columns));
        if (!MatrixTile.IsWide)
            Assert.That(panels, Is.EqualTo(of256));
    }

    private static void Check(
        delegate*<float**, int, nint, float*, float*, nint, void> multiply, int rows, int columns, int taps, int depth)
    {
        var random = new Random(3);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
        var (memory, weights) = (Numbers(4096), Numbers(taps * depth * columns));
        // Rows anywhere, not where vectors begin, and some of them the same.
        int[] starts = [.. Enumerable.Range(0, taps * rows).Select(i => i % 5 == 4 ? 7 : random.Next(memory.Length - depth))];
        var apart = columns + Gap;
        var results = new float[rows * apart];
        Array.Fill(results, Untouched);
        fixed (float* from = memory, panel = weights, to = results)
        {
            var seen = stackalloc float*[starts.Length];
            for (var i = 0; i < starts.Length; i++)
                seen[i] = from + starts[i];
            multiply(seen, taps, depth, panel, to, apart);
        }
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < apart; c++)
            {
                if (c >= columns)
                {
                    Assert.That(results[r * apart + c], Is.EqualTo(Untouched), $"beside row {r}");
                    continue;
                }
                var (sum, size) = (0.0, 0.0);
                for (var tap = 0; tap < taps; tap++)
                    for (var d = 0; d < depth; d++)
                    {
                        var product = (double)memory[starts[tap * rows + r] + d] * weights[(tap * depth + d) * columns + c];
                        (sum, size) = (sum + product, size + Math.Abs(product));
                    }
                // Each of n products and sums rounds once or twice, by 2^-24 of at most the sum of all sizes.
                Assert.That(results[r * apart + c], Is.EqualTo(sum).Within((2 * taps * depth + 1) * Math.ScaleB(size, -24)), $"{r}, {c}");
            }
    }
}
