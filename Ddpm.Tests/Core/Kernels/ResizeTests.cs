using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Half and twice the size, from and to pixels that lie anywhere.</summary>
public class ResizeTests
{
    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [TestCase(1, 8, 1, 1)]
    [TestCase(3, 24, 3, 5)]
    [TestCase(2, 40, 8, 4)]
    public void Double_IsEveryPixelFourTimes(int n, int c, int h, int w)
    {
        using var scope = NewDisposeScope();
        var x = Kernel.Normal(1, n, c, h, w);
        Expect.Same(Run(Resize.Double, x, 2 * h, 2 * w), x.repeat_interleave(2, 2).repeat_interleave(2, 3));
    }

    [TestCase(1, 8, 1, 1)]
    [TestCase(3, 24, 3, 5)]
    [TestCase(2, 40, 8, 4)]
    public void Halve_IsTheMeanOfFourPixels(int n, int c, int h, int w)
    {
        using var scope = NewDisposeScope();
        var x = Kernel.Normal(1, n, c, 2 * h, 2 * w);
        // Three sums round; the quarter does not.
        Expect.RelativelyClose(Run(Resize.Halve, x, h, w), x.to(ScalarType.Float64).view(n, c, h, 2, w, 2).mean([3, 5]), 2e-7);
    }

    [Test]
    public void Copy_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var x = Kernel.Normal(1, 2, 24, 5, 3);
        Expect.Same(Run(Resize.Copy, x, 5, 3), x);
    }

    private static Tensor Run(Action<PixelBlock, PixelBlock> resize, Tensor x, int height, int width)
    {
        PixelRoom input = new(x, before: 8, after: 3), output = new(zeros(x.shape[0], x.shape[1], height, width), before: 16, after: 8);
        resize(input.Block, output.Block);
        return output.Read();
    }
}
