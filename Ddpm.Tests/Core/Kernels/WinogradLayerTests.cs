using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Winograd's convolution with weights that do not change, against a direct one in float64.</summary>
public class WinogradLayerTests
{
    // In float32 F(4x4, 3x3) loses a digit: its matrices hold numbers from 1/24 to 8, and sums of them cancel.
    private const double Tolerance = 2e-5;

    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [TestCase(1, 32, 32, 16, 16)]
    [TestCase(3, 40, 72, 8, 12)]            // panels that are not full
    [TestCase(17, 64, 32, 4, 4)]            // every tile touches all borders
    [TestCase(1, 8, 8, 4, 4)]               // fewer tiles than a product has rows
    [TestCase(1, 256, 256, 64, 64)]         // a chunk for each row of tiles
    [TestCase(2, 256, 136, 20, 64)]         // chunks that end between two images
    [TestCase(3, 104, 96, 44, 36)]          // a last chunk that is not full
    public void Result_IsThatOfDoubles(int n, int c, int k, int h, int w)
    {
        Check(new(n, c, k, h, w), fewTiles: false);
        Check(new(n, c, k, h, w), fewTiles: true);
    }

    [Test]
    public void Result_WithWhatIsAdded_IsThatOfDoubles(
        [Values] ConvolutionSum sum, [Values] bool hasBias, [Values] bool ofImages, [Values] bool fewTiles) => Check(
        new(2, 32, 40, 8, 12) { Room = (8, 16), HasBias = hasBias, IsBiasOfImages = ofImages, Adds = sum, Factor = 0.7 }, fewTiles);

    [Test]
    public void Result_OfAnyNumberOfThreads_IsTheSameBits(
        [Values(1, 2, 3)] int threads, [Values(40, 200)] int outputs, [Values] bool fewTiles)
    {
        using var scope = NewDisposeScope();
        using var layer = new WinogradLayer(Kernel.Normal(2, outputs, 48, 3, 3), fewTiles);
        var x = ChannelsLast.Of(Kernel.Normal(1, 3, 48, 20, 12));
        var usual = Run(layer, x);
        Expect.Same(Kernel.OnThreads(threads, () => Run(layer, x)), usual);
        // Nor does an image depend on the others, wherever a chunk ends.
        Expect.Same(Run(layer, x[1..2]), usual[1..2]);

        Tensor Run(WinogradLayer layer, Tensor x)
        {
            using var memory = new KernelMemory();
            var output = ChannelsLast.Of(zeros(x.shape[0], outputs, x.shape[2], x.shape[3]));
            layer.Run(PixelBlock.Of(x), PixelBlock.Of(output), new Finish(), memory);
            return output;
        }
    }

    [Test]
    public void Pays_OnlyWhereItCanComputeAndIsFaster()
    {
        using var scope = NewDisposeScope();
        static bool Pays(int n, int c, int h, int w, int outputs) => WinogradLayer.Pays(PixelBlock.Of(empty(n, c, h, w)), outputs);
        Assert.That(Pays(1, 32, 16, 16, 32));
        Assert.That(Pays(16, 32, 4, 4, 32));
        Assert.That(Pays(1, 36, 16, 16, 32), Is.False, "input channels in no whole vectors");
        Assert.That(Pays(1, 32, 16, 16, 36), Is.False, "output channels in no whole vectors");
        Assert.That(Pays(1, 32, 18, 16, 32), Is.False, "no whole tiles down");
        Assert.That(Pays(1, 32, 16, 18, 32), Is.False, "no whole tiles across");
        Assert.That(Pays(15, 32, 4, 4, 32), Is.False, "few tiles");
        Assert.That(Pays(1, 3, 16, 16, 32), Is.False, "few channels");
    }

    private static void Check(ConvolutionCase given, bool fewTiles) => given.IsThatOfDoubles(
        Tolerance,
        (PixelBlock input, PixelBlock output, Tensor weight, in Finish finish, KernelMemory memory) =>
        {
            using var layer = new WinogradLayer(weight, fewTiles);
            layer.Run(input, output, finish, memory);
        });
}
