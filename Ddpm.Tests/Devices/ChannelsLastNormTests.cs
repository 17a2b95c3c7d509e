using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>The norm of images with channels last on a GPU: its operators are run on the CPU.</summary>
public class ChannelsLastNormTests
{
    private static readonly int[][] Sizes = [[2, 128, 32, 32, 32], [3, 64, 8, 8, 32], [1, 32, 4, 4, 32], [2, 48, 5, 3, 16], [2, 16, 1, 2, 4]];

    private static Tensor Draw(int seed, params long[] shape) => CosineNoise.Draw(seed, shape);

    // Group normalisation of float64 as it is defined, after what is added.
    private static Tensor Truth(Tensor x, Tensor weight, Tensor bias, Tensor? offset, int groups, double epsilon)
    {
        var (n, c) = (x.shape[0], x.shape[1]);
        var h = (offset is null ? x.@double() : x.@double() + offset.@double().view(n, c, 1, 1)).reshape(n, groups, -1);
        var mean = h.mean([2], keepdim: true);
        var deviation = ((h - mean).square().mean([2], keepdim: true) + epsilon).sqrt();
        return ((h - mean) / deviation).reshape(x.shape) * weight.@double().view(1, c, 1, 1) + bias.@double().view(1, c, 1, 1);
    }

    [TestCaseSource(nameof(Sizes))]
    public void Run_IsGroupNormalisation_InTheLayoutOfItsInput(int[] size)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w, groups) = (size[0], size[1], size[2], size[3], size[4]);
        var x = ChannelsLast.Of(3 + 2 * Draw(1, n, c, h, w));
        var (weight, bias, offset) = (Draw(2, c), Draw(3, c), 4 * Draw(4, n, c));
        foreach (var added in new[] { null, offset })
        {
            var found = ChannelsLastNorm.Run(x, weight, bias, added, groups, 1e-5);
            Expect.RelativelyClose(found.@double(), Truth(x, weight, bias, added, groups, 1e-5), 2e-6);
            Assert.That(found.stride(), Is.EqualTo(x.stride()));
        }
    }

    // bfloat16 keeps eight bits: a result between 4 and 8 is known to 0.016, as is what is multiplied and added.
    [Test]
    public void Run_InBFloat16_IsAsExactAsTheTypeAllows()
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast.Of(3 + 2 * Draw(1, 2, 64, 16, 16)).to(ScalarType.BFloat16);
        var (weight, bias) = (Draw(2, 64).to(ScalarType.BFloat16), Draw(3, 64).to(ScalarType.BFloat16));
        var found = ChannelsLastNorm.Run(x, weight, bias, null, 32, 1e-5);
        Assert.That(found.dtype, Is.EqualTo(ScalarType.BFloat16));
        Expect.RelativelyClose(found.@double(), Truth(x, weight, bias, null, 32, 1e-5), 0.015);
    }

    [Test]
    public void Gradients_AreThoseOfTheEquation()
    {
        using var scope = NewDisposeScope();
        Tensor[] Inputs() => [ChannelsLast.Of(3 + Draw(1, 2, 8, 3, 5)), Draw(2, 8), Draw(3, 8), Draw(4, 2, 8)];
        Tensor[] Gradients(Func<Tensor[], Tensor> norm)
        {
            var inputs = Inputs();
            foreach (var input in inputs)
                input.requires_grad_();
            (norm(inputs) * Draw(5, 2, 8, 3, 5)).sum().backward();
            return [.. inputs.Select(input => input.grad!.@double())];
        }
        var found = Gradients(given => ChannelsLastNorm.Run(given[0], given[1], given[2], given[3], 4, 1e-5));
        var wanted = Gradients(given => Truth(given[0], given[1], given[2], given[3], 4, 1e-5));
        foreach (var (mine, theirs) in found.Zip(wanted))
            Expect.RelativelyClose(mine, theirs, 1e-5);
    }

    // META has no kernels for variances, so the norm itself cannot be run there.
    [Test]
    public void Fits_WhatLiesThatWay_OnAnotherDevice()
    {
        using var scope = NewDisposeScope();
        var x = empty(2, 64, 8, 8, device: META);
        Assert.That(ChannelsLastNorm.Fits(ChannelsLast.Of(x)));
        Assert.That(ChannelsLastNorm.Fits(x), Is.False);
        Assert.That(ChannelsLastNorm.Fits(ChannelsLast.Of(Draw(1, 2, 64, 8, 8))), Is.False, "the CPU has kernels of its own");
    }

    // META has no kernels for attention either; the CPU's take both layouts.
    [Test]
    public void Attention_KeepsTheLayoutOfItsInput([Values] bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var attention = new AttentionBlock(64, heads: 2, UNetOptions.Tiny, groups: 0, scale: 1, device: null);
        var x = Draw(1, 2, 64, 8, 8);
        var laid = channelsLast ? ChannelsLast.Of(x) : x;
        var found = attention.call(laid);
        Assert.That(found.stride(), Is.EqualTo(laid.stride()));
        Expect.Close(found, attention.call(x), 1e-5);
    }

    [Test]
    public void ChannelsLastOnGpu_LaysWeightsOut_AndChangesNothingOnTheCpu()
    {
        using var scope = NewDisposeScope();
        using var network = Models.UNetTests.Randomised(UNetOptions.Tiny with { Channels = 32 });
        network.eval();
        using var noGrad = no_grad();
        var (x, t) = (Draw(1, 2, 3, 16, 16), ones(2));
        var before = network.Predict(x, t);
        network.ChannelsLastOnGpu = true;
        Tensor Inner() => network.modules().OfType<TorchSharp.Modules.Conv2d>().First(convolution => convolution.in_channels > 3).weight;
        Assert.That(Inner().stride()[1], Is.EqualTo(1));
        Expect.Same(network.Predict(x, t), before);
        network.to(META);
        Assert.That(Inner().stride()[1], Is.EqualTo(1), "the layout must move with the network");
        network.ChannelsLastOnGpu = false;
        Assert.That(Inner().is_contiguous());
    }

    [Test]
    public void ChannelsLastOnGpu_KeepsEveryValue()
    {
        using var scope = NewDisposeScope();
        using var network = Models.UNetTests.Randomised(UNetOptions.Tiny);
        var before = network.parameters().Select(weight => weight.clone()).ToArray();
        network.ChannelsLastOnGpu = true;
        foreach (var (now, then) in network.parameters().Zip(before))
            Expect.Same(now, then);
    }

    [Test]
    public void WithTensorFloat32_SetsBothSwitches_WhenBuilt()
    {
        var (convolutions, products) = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);
        try
        {
            foreach (var allowed in new[] { false, true, false })
            {
                var builder = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithTensorFloat32(allowed);
                using var built = builder.Build();
                Assert.That((backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32), Is.EqualTo((allowed, allowed)));
            }
        }
        finally
        {
            (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (convolutions, products);
        }
    }
}
