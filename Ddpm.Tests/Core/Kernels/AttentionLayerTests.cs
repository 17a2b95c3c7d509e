using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Attention against softmax(Q Kᵀ / √d) V in float64.</summary>
public class AttentionLayerTests
{
    // A score rounds by some 2^-24 of its size, and its exponential by as much of its own: at sizes of a few, 1e-6 and less of the largest value.
    private const double Tolerance = 2e-6;

    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [TestCase(1, 1, 32, 8, 8)]
    [TestCase(2, 1, 8, 5, 3)]               // pixels that fill no tile of rows or columns
    [TestCase(3, 3, 20, 3, 7)]              // several heads, each as wide as no panel
    [TestCase(2, 4, 5, 4, 9)]
    [TestCase(1, 2, 70, 6, 6)]              // several panels, the last not full
    [TestCase(2, 2, 16, 1, 1)]              // one pixel, which sees itself alone
    [TestCase(1, 1, 16, 16, 17)]
    public void Result_IsThatOfDoubles(int n, int heads, int width, int h, int w)
    {
        using var scope = NewDisposeScope();
        var given = Kernel.Normal(1, n, 3 * heads * width, h, w);
        Expect.RelativelyClose(Run(given, heads), Expected(given, heads), Tolerance);
        Expect.RelativelyClose(Run(given, heads, room: 7), Expected(given, heads), Tolerance);
    }

    // e^88 leaves float32. A score of s is off by s · 2^-24 and the exponential by as much of itself: 1e-4 at 2,000.
    [TestCase(10, 1e-4)]
    [TestCase(30, 1e-3)]
    public void Result_OfLargeScores_IsThatOfDoubles(double factor, double tolerance)
    {
        using var scope = NewDisposeScope();
        var given = Kernel.Normal(1, 2, 3 * 32, 5, 5);
        given.narrow(1, 0, 64).mul_(factor);
        var scores = Scores(given, 1);
        Assert.That(scores.max().item<double>(), Is.GreaterThan(88));
        Assert.That(scores.min().item<double>(), Is.LessThan(-88));
        Expect.RelativelyClose(Run(given, 1), Expected(given, 1), tolerance);
    }

    // Equal keys, however large the scores: the mean of all values. The sums are of numbers that float32 holds.
    [Test]
    public void Result_OfEqualKeys_IsTheMeanOfTheValues()
    {
        using var scope = NewDisposeScope();
        var given = zeros(1, 3 * 16, 4, 4);
        given.narrow(1, 0, 32).fill_(1e6);
        given.narrow(1, 32, 16).copy_(arange(16).view(1, 1, 4, 4).expand(1, 16, 4, 4));
        Expect.Close(Run(given, 2), full([1, 16, 4, 4], 7.5f), 1e-6);
    }

    [Test]
    public void Result_OfAnyNumberOfThreadsOrImages_IsTheSameBits([Values(1, 2, 3)] int threads)
    {
        using var scope = NewDisposeScope();
        var given = Kernel.Normal(1, 3, 3 * 40, 7, 5);
        var usual = Run(given, 2);
        Expect.Same(Kernel.OnThreads(threads, () => Run(given, 2)), usual);
        Expect.Same(Run(given[1..2], 2), usual[1..2]);
    }

    private static Tensor Run(Tensor given, int heads, int room = 0)
    {
        PixelRoom input = new(given, room), output = new(zeros_like(given.narrow(1, 0, given.shape[1] / 3)), 0, room);
        using var memory = new KernelMemory();
        AttentionLayer.Run(input.Block, output.Block, heads, memory);
        return output.Read();
    }

    private static Tensor Expected(Tensor given, int heads) =>
        Part(given, heads, 2).matmul(nn.functional.softmax(Scores(given, heads), -1).transpose(-1, -2))
            .reshape(given.shape[0], -1, given.shape[2], given.shape[3]);

    private static Tensor Scores(Tensor given, int heads)
    {
        var (q, k) = (Part(given, heads, 0), Part(given, heads, 1));
        return q.transpose(-1, -2).matmul(k) / Math.Sqrt(q.shape[2]);
    }

    // Queries, keys or values, float64 [N, heads, width, pixels].
    private static Tensor Part(Tensor given, int heads, int which) =>
        given.chunk(3, dim: 1)[which].to(ScalarType.Float64).reshape(given.shape[0], heads, given.shape[1] / 3 / heads, -1);
}
