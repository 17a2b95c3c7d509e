using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Winograd's convolution and its gradients against direct ones in float64.</summary>
public class WinogradConvolutionTests
{
    // In float32 F(4x4, 3x3) loses a digit: its matrices hold numbers from 1/24 to 8, and sums of them cancel.
    private const double Tolerance = 2e-5;

    [SetUp]
    public void NeedsKernels() => Assume.That(FastKernels.AreOn, "This processor has no vectors of 256 bits, or this libtorch lends no threads.");

    [TestCase(2, 96, 96, 32, 32)]
    [TestCase(3, 128, 104, 24, 32)]
    [TestCase(9, 96, 128, 16, 16)]
    [TestCase(40, 160, 96, 8, 12)]          // more images than one block holds
    [TestCase(130, 96, 96, 4, 4)]           // every tile touches all borders
    [TestCase(8, 512, 464, 16, 16)]         // matrices that are not kept
    public void ResultAndGradients_AreThoseOfDoubles(int n, int c, int k, int h, int w)
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [ChannelsLast.Of(Normal(1, n, c, h, w)), Normal(2, k, c, 3, 3) / Math.Sqrt(9 * c), Normal(3, k)];
        var gradient = Normal(4, n, k, h, w);
        Assert.That(WinogradConvolution.Fits(inputs[0], inputs[1]));
        var made = Run(inputs, gradient, given => WinogradConvolution.Run(given[0], given[1], given[2]));
        var expected = Run([.. inputs.Select(input => input.to(ScalarType.Float64))], gradient.to(ScalarType.Float64), WinogradConvolution.Plain);
        GradientFunction.Forget();
        foreach (var (ours, theirs) in made.Zip(expected))
            Expect.RelativelyClose(ours, theirs, Tolerance);
    }

    [Test]
    public void WithoutBias_OrWithWeightsAsChannelsLast_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ChannelsLast.Of(Normal(1, 8, 96, 16, 16)), Normal(2, 96, 96, 3, 3));
        var usual = WinogradConvolution.Run(x, weight, zeros(96));
        Expect.Same(WinogradConvolution.Run(x, weight, null), usual);
        Expect.Same(WinogradConvolution.Run(x, ChannelsLast.Of(weight), null), usual);
        var leaf = weight.clone().requires_grad_();
        WinogradConvolution.Run(x, leaf, null).sum().backward();
        GradientFunction.Forget();
        Assert.That(leaf.grad!.isfinite().all().ToBoolean());
    }

    [Test]
    public void Twice_IsTheSameBits_AndLeavesNoTensors()
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [ChannelsLast.Of(Normal(1, 8, 96, 16, 16)), Normal(2, 96, 96, 3, 3), Normal(3, 96)];
        var gradient = Normal(4, 8, 96, 16, 16);
        Tensor[] Once()
        {
            var made = Run(inputs, gradient, given => WinogradConvolution.Run(given[0], given[1], given[2]));
            GradientFunction.Forget();
            return made;
        }

        var first = Once();
        var before = Expect.LiveTensors();
        for (var i = 0; i < 20; i++)
        {
            using var inside = NewDisposeScope();
            foreach (var (made, expected) in Once().Zip(first))
                Expect.Same(made, expected);
        }
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void SecondGradient_IsLibtorchs()
    {
        using var scope = NewDisposeScope();
        var weight = Normal(2, 96, 96, 3, 3) / 30;
        Tensor Second(Func<Tensor, Tensor> convolve)
        {
            var x = ChannelsLast.Of(Normal(1, 8, 96, 16, 16)).requires_grad_();
            var first = autograd.grad([convolve(x).pow(3).sum()], [x], retain_graph: true, create_graph: true)[0];
            return autograd.grad([first.pow(2).sum()], [x])[0];
        }

        var made = Second(x => WinogradConvolution.Run(x, weight, null));
        GradientFunction.Forget();
        Expect.RelativelyClose(made, Second(x => WinogradConvolution.Plain([x, weight])), 1e-4);
    }

    [Test]
    public void Fits_OnlyWhatItKnows()
    {
        using var scope = NewDisposeScope();
        bool Fits(Tensor x, params long[] weight) => WinogradConvolution.Fits(x, empty(weight));
        var x = ChannelsLast.Of(empty(8, 96, 16, 16));
        Assert.That(Fits(x, 96, 96, 3, 3));
        Assert.That(Fits(x.contiguous(), 96, 96, 3, 3), Is.False);
        Assert.That(Fits(x, 96, 96, 1, 1), Is.False);
        Assert.That(Fits(x, 98, 96, 3, 3), Is.False);
        Assert.That(Fits(x[0..7], 96, 96, 3, 3), Is.False, "few tiles");
        Assert.That(Fits(ChannelsLast.Of(empty(8, 96, 18, 16)), 96, 96, 3, 3), Is.False, "no whole tiles");
        Assert.That(Fits(x.to(ScalarType.BFloat16), 96, 96, 3, 3), Is.False);
    }

    // The result, and the gradients of all inputs.
    private static Tensor[] Run(Tensor[] inputs, Tensor gradient, Func<Tensor[], Tensor> convolve)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().requires_grad_())];
        var result = convolve(leaves);
        result.backward([gradient]);
        return [result.detach(), .. leaves.Select(leaf => leaf.grad!)];
    }

    private static Tensor Normal(long seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed));
}
