using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Direct convolution against that of float64.</summary>
public unsafe class DirectConvolutionTests
{
    // Each sum of up to 2,300 products rounds as often, by 2^-24 of what is summed so far: at random, √2300 · 6e-8, and 3e-6 only by ill luck.
    private const double Tolerance = 2e-6;

    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [TestCase(1, 3, 32, 8, 8)]
    [TestCase(3, 40, 24, 5, 7)]
    [TestCase(2, 32, 3, 9, 6)]
    [TestCase(5, 16, 33, 1, 1)]             // one pixel, all its neighbours outside; a panel of one column
    [TestCase(1, 8, 8, 1, 13)]
    [TestCase(2, 5, 1, 3, 2)]
    [TestCase(2, 256, 72, 6, 6)]            // weights that do not fit the cache
    public void Result_OfEveryKernel_IsThatOfDoubles(int n, int c, int k, int h, int w)
    {
        Check(new(n, c, k, h, w));
        Check(new(n, c, k, h, w) { Size = 1 });
    }

    [Test]
    public void Result_OfHalfTheSize_IsThatOfDoubles([Values(2, 5, 8)] int height, [Values(2, 3, 10)] int width)
    {
        var halved = new ConvolutionCase(2, 24, 40, height, width) { Step = 2 };
        Check(halved);
        Check(halved with { Padding = (0, 1) });
    }

    [Test]
    public void Result_WithWhatIsAdded_IsThatOfDoubles(
        [Values] ConvolutionSum sum, [Values] bool hasBias, [Values] bool ofImages, [Values(20, 32)] int outputs) => Check(new(3, 40, outputs, 5, 6)
    {
        Room = (3, 8), HasBias = hasBias, IsBiasOfImages = ofImages, Adds = sum, Factor = 0.7,
    });

    [Test]
    public void Result_OfAnyNumberOfThreads_IsTheSameBits([Values(1, 2, 3)] int threads)
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast.Of(Kernel.Normal(1, 3, 40, 11, 13));
        using var layer = new ConvolutionLayer(Kernel.Normal(2, 56, 40, 3, 3), Kernel.Normal(3, 56));
        Expect.Same(Kernel.OnThreads(threads, () => Run(layer, x, 56)), Run(layer, x, 56));
        // Nor does an image depend on the others.
        Expect.Same(Run(layer, x[1..2], 56), Run(layer, x, 56)[1..2]);
    }

    [Test]
    public void Layer_OfSeveralWeights_HasTheirResultsSideBySide()
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast.Of(Kernel.Normal(1, 2, 24, 3, 5));
        Tensor[] weights = [Kernel.Normal(2, 20, 24), Kernel.Normal(3, 20, 24), Kernel.Normal(4, 20, 24)];
        Tensor[] biases = [.. weights.Select((_, i) => Kernel.Normal((ulong)i + 5, 20))];
        using var joined = new ConvolutionLayer(weights, biases);
        Assert.That(joined.Outputs, Is.EqualTo(60));
        var made = Run(joined, x, 60);
        for (var i = 0; i < weights.Length; i++)
        {
            using var alone = new ConvolutionLayer(weights[i], biases[i]);
            Expect.RelativelyClose(made.narrow(1, 20 * i, 20), Run(alone, x, 20), Tolerance);
        }
    }

    [Test]
    public void Layer_OfWeightsWithChannelsLast_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ChannelsLast.Of(Kernel.Normal(1, 2, 24, 6, 6)), Kernel.Normal(2, 16, 24, 3, 3));
        using ConvolutionLayer usual = new(weight, null), other = new(ChannelsLast.Of(weight), null);
        Expect.Same(Run(other, x, 16), Run(usual, x, 16));
    }

    private static Tensor Run(ConvolutionLayer layer, Tensor x, int outputs)
    {
        using var memory = new KernelMemory();
        var output = ChannelsLast.Of(zeros(x.shape[0], outputs, x.shape[2], x.shape[3]));
        layer.Run(PixelBlock.Of(x), PixelBlock.Of(output), layer.WithBias, memory);
        return output;
    }

    private static void Check(ConvolutionCase given) => given.IsThatOfDoubles(
        Tolerance,
        (PixelBlock input, PixelBlock output, Tensor weight, in Finish finish, KernelMemory memory) =>
        {
            using var packed = new PackedMatrix(weight);
            var before = given.Size == 1 ? (int?)null : given.Padding.Before;
            DirectConvolution.Run(input, packed, output, finish, memory.Zeros(given.Inputs), given.Step, before);
        });
}
