using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

public class SeededNoiseTests
{
    private static readonly long[][] Shapes = [[1, 1, 1, 1], [2, 1, 1, 2], [3, 1, 3, 1], [2, 3, 5, 7], [4, 3, 8, 8], [3, 1, 1, 17], [2, 2, 4, 4]];

    // The definition, by a generator written as its authors define it, and in double: the loop's float32 is within 1.5e-6 (see BoxMullerTests).
    [TestCaseSource(nameof(Shapes))]
    public void Fill_IsTheNormalsOfEachImagesKey(long n, long c, long h, long w)
    {
        var (seed, firstImage, draw) = (0x0123456789ABCDEFUL, 0xFFFFFF00u, 0x80000001u);
        using var scope = NewDisposeScope();
        var drawn = new SeededNoise(seed).Draw([n, c, h, w], firstImage, draw).data<float>().ToArray();
        var (values, pairs) = (c * h * w, (c * h * w + 1) / 2);
        for (var image = 0u; image < n; image++)
        {
            var key = PlainThreefry(((uint)seed, (uint)(seed >> 32)), (firstImage + image, draw));
            for (var j = 0; j < values; j++)
            {
                var (a, b) = PlainThreefry(key, ((uint)(j % pairs), 0));
                var (r, θ) = (Math.Sqrt(-2 * Math.Log((float)(a | 1) / Math.Pow(2, 32))), Math.PI * (float)(int)b / Math.Pow(2, 31));
                Assert.That(drawn[image * values + j], Is.EqualTo(r * (j < pairs ? Math.Cos(θ) : Math.Sin(θ))).Within(1.5e-6));
            }
        }
    }

    // What other devices run, here on the CPU: the whole numbers are equal (ThreefryTests), float32's functions differ in their last bits.
    [TestCaseSource(nameof(Shapes))]
    public void ByOperators_IsTheLoopsNoise(long n, long c, long h, long w)
    {
        using var scope = NewDisposeScope();
        foreach (var (seed, image, draw) in new[]
            { (0UL, 0L, 0L), (ulong.MaxValue, uint.MaxValue - 4L, uint.MaxValue), (0x80000000FFFFFFFF, 0x7FFFFFFE, 9) })
            Expect.Close(
                SeededNormals.ByOperators(seed, image, n, draw, c * h * w, CPU).view(n, c, h, w),
                new SeededNoise(seed).Draw([n, c, h, w], image, draw), 1.5e-6);
    }

    [Test]
    public void Fill_OfAnImage_DoesNotDependOnTheBatchOrTheOrder([Values(1, 47, 48, 3072)] long values)
    {
        using var scope = NewDisposeScope();
        var noise = new SeededNoise(7);
        var batch = noise.Draw([7, 1, 1, values], 10, 2);
        for (var i = 6; i >= 0; i--)
            Expect.Same(noise.Draw([1, 1, 1, values], 10 + i, 2), batch[i..(i + 1)]);
        noise.Draw([2, 1, 1, values], 3, 5);
        Expect.Same(new SeededNoise(7).Draw([3, 1, 1, values], 12, 2), batch[2..5]);
        Expect.Same(batch, noise.Draw([7, values, 1, 1], 10, 2).view(7, 1, 1, values));
    }

    // All 64 bits count: PyTorch's CPU generator keeps 32.
    [Test]
    public void Fill_OfSeedsImagesAndDrawsThatDifferInOneBit_IsOtherNoise()
    {
        using var scope = NewDisposeScope();
        var first = new SeededNoise(5).Draw([1, 1, 8, 8]);
        for (var bit = 0; bit < 64; bit++)
            Assert.That(Expect.Difference(new SeededNoise(5 ^ (1UL << bit)).Draw([1, 1, 8, 8]), first), Is.GreaterThan(1));
        for (var bit = 0; bit < 32; bit++)
        {
            Assert.That(Expect.Difference(new SeededNoise(5).Draw([1, 1, 8, 8], 1L << bit, 0), first), Is.GreaterThan(1));
            Assert.That(Expect.Difference(new SeededNoise(5).Draw([1, 1, 8, 8], 0, 1L << bit), first), Is.GreaterThan(1));
        }
    }

    [Test]
    public void Keys_OfManyImagesAndDraws_AreAllDifferent()
    {
        var keys = new HashSet<(uint, uint)>();
        for (var image = 0u; image < 1024; image++)
            for (var draw = 0u; draw < 1024; draw++)
                Assert.That(keys.Add(SeededNormals.Key(3, image, draw)), Is.True);
    }

    [Test]
    public void Fill_OfImagesOrDrawsOutOfRange_NamesThem([Values] bool onMeta)
    {
        using var scope = NewDisposeScope();
        var target = zeros(3, 1, 2, 2, device: onMeta ? META : CPU);
        var noise = new SeededNoise(0);
        Assert.That(() => noise.Fill(target, uint.MaxValue - 2L, uint.MaxValue), Throws.Nothing);
        foreach (var (image, draw, named) in new[]
            { (-1L, 0L, "first image"), (uint.MaxValue - 1L, 0, "last image"), (0, -1, "draw"), (0, 1L << 32, "draw") })
            Assert.That(() => noise.Fill(target, image, draw), Throws.InstanceOf<ArgumentOutOfRangeException>()
                .With.Message.Contains(named).And.Message.Contains("0..4294967295"));
    }

    [Test]
    public void Fill_OnAnotherDevice_UploadsNothing([Values(ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16)] ScalarType type)
    {
        using var scope = NewDisposeScope();
        var before = Upload.Count;
        new SeededNoise(1).Fill(empty([2, 3, 5, 5], type, META), 0, 0);
        Assert.That(Upload.Count, Is.EqualTo(before));
    }

    private static (uint, uint) PlainThreefry((uint First, uint Second) key, (uint First, uint Second) counter)
    {
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        uint[] words = [key.First, key.Second, 0x1BD11BDA ^ key.First ^ key.Second];
        var (x, y) = (counter.First + words[0], counter.Second + words[1]);
        for (var round = 0u; round < 20; round++)
        {
            x += y;
            y = uint.RotateLeft(y, rotations[round % 8]) ^ x;
            if (round % 4 == 3)
                (x, y) = (x + words[(round / 4 + 1) % 3], y + words[(round / 4 + 2) % 3] + round / 4 + 1);
        }
        return (x, y);
    }
}
