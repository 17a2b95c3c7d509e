using Ddpm.Kernels;
using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>The kernels of group normalisation against their plain twin, and what a twin cannot tell.</summary>
[NonParallelizable]
public class FusedNormTests
{
    private static readonly MaskRule Dropout = new(key: 17, keep: 0.8, first: 5);

    [SetUp]
    public void NeedsKernels() => Assume.That(FastKernels.AreOn, "This processor has no vectors of 256 bits, or this libtorch lends no threads.");

    // float32: the last bits of sums in another order, relative to the largest value. bfloat16 has 8 bits of digits, and each of the twin's operators
    // rounds, where the kernel rounds once.
    [Test]
    public void ResultAndGradients_AreThePlainTwins(
        [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type, [Values] bool silu, [Values] bool dropout, [Values] bool offset,
        [Values(1, 4, 16, 32)] int groups)
    {
        using var scope = NewDisposeScope();
        var rule = new NormRule(groups, 1e-5, silu, dropout ? Dropout : null);
        // Where a group is one or two values, nothing but rounding is left of the gradients.
        var few = type == ScalarType.Float32 ? 2 : 8;
        foreach (var (n, c, h, w) in new[] { (2L, 32L, 5L, 3L), (3, 64, 8, 8), (1, 96, 17, 9), (9, 32, few, few) })
        {
            var (fast, plain) = (Run(FusedNorm.Run, type, n, c, h, w, offset, rule), Run(PlainNorm.Run, type, n, c, h, w, offset, rule));
            foreach (var (made, expected) in fast.Zip(plain))
                Assert.That(Distance(made, expected), Is.LessThan(type == ScalarType.Float32 ? 5e-6 : 0.05), $"{n} {c} {h} {w}");
        }
    }

    [Test]
    public void Result_IsThatOfDoubles()
    {
        using var scope = NewDisposeScope();
        // A mean far from 0 is where sums of squares lose digits: 100 with a spread of 1 leaves 1e-4 of them in float32.
        var x = ChannelsLast.Of(Normal(1, 2, 32, 16, 16) + 100);
        var (weight, bias) = (Normal(2, 32), Normal(3, 32));
        var expected = nn.functional.group_norm(x.to(ScalarType.Float64), 8, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), 1e-5);
        Assert.That(Distance(FusedNorm.Run(x, weight, bias, null, new NormRule(8, 1e-5)), expected), Is.LessThan(2e-5));
    }

    [Test]
    public void Result_OfAnyNumberOfThreadsOrImages_IsTheSameBits([Values(1, 2, 3, 7)] int threads)
    {
        using var scope = NewDisposeScope();
        var rule = new NormRule(8, 1e-5, Silu: true);
        var usual = get_num_threads();
        try
        {
            set_num_threads(usual);
            var whole = Run(FusedNorm.Run, ScalarType.Float32, 7, 64, 24, 24, offset: true, rule);
            set_num_threads(threads);
            foreach (var (made, expected) in Run(FusedNorm.Run, ScalarType.Float32, 7, 64, 24, 24, offset: true, rule).Zip(whole))
                Expect.Same(made, expected);
            var (x, weight, bias) = (ChannelsLast.Of(Normal(1, 7, 64, 24, 24)), Normal(2, 64), Normal(3, 64));
            Expect.Same(FusedNorm.Run(x[2..3], weight, bias, null, rule), FusedNorm.Run(x, weight, bias, null, rule)[2..3]);
        }
        finally
        {
            set_num_threads(usual);
        }
    }

    [Test]
    public void SecondGradient_IsThePlainTwins()
    {
        using var scope = NewDisposeScope();
        Tensor Second(Func<Tensor, Tensor, Tensor, Tensor?, NormRule, Tensor> norm)
        {
            var x = ChannelsLast.Of(Normal(1, 2, 32, 4, 4)).requires_grad_();
            var result = norm(x, Normal(2, 32).requires_grad_(), Normal(3, 32), null, new NormRule(8, 1e-5, Silu: true));
            var first = autograd.grad([result], [x], [Normal(4, 2, 32, 4, 4)], retain_graph: true, create_graph: true)[0];
            return autograd.grad([first.pow(2).sum()], [x])[0];
        }

        var made = Second(FusedNorm.Run);
        GradientFunction.Forget();
        Assert.That(Distance(made, Second(PlainNorm.Run)), Is.LessThan(1e-5));
    }

    [Test]
    public void NotFinite_StaysNotFinite([Values(float.NaN, float.PositiveInfinity)] float value)
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast.Of(Normal(1, 2, 16, 4, 4));
        x[1, 3, 2, 2] = value;
        var result = FusedNorm.Run(x, ones(16), zeros(16), null, new NormRule(4, 1e-5, Silu: true));
        Assert.That(result[0].isfinite().all().ToBoolean());
        Assert.That(result[1, 0..4].isnan().all().ToBoolean());
        Assert.That(result[1, 4..].isfinite().all().ToBoolean());
    }

    // SiLU's exponential leaves float32 at ±88.
    [Test]
    public void Silu_OfAnySize_IsLibtorchs()
    {
        using var scope = NewDisposeScope();
        var values = linspace(-200, 200, 8 * 8 * 64).view(1, 64, 8, 8);
        // A scale and a shift that undo the normalisation but for rounding.
        var x = ChannelsLast.Of(values);
        var (mean, spread) = (x.mean().ToSingle(), x.std(unbiased: false).ToSingle());
        var made = FusedNorm.Run(x, full(64, spread), full(64, mean), null, new NormRule(1, 0, Silu: true));
        Assert.That((made - nn.functional.silu(x)).abs().max().ToSingle(), Is.LessThan(1e-4));
    }

    [Test]
    public void ManyGradients_LeaveNoTensors()
    {
        var rule = new NormRule(8, 1e-5, Silu: true, Dropout);
        void Once()
        {
            using var scope = NewDisposeScope();
            _ = Run(FusedNorm.Run, ScalarType.Float32, 2, 32, 4, 4, offset: true, rule);
            GradientFunction.Forget();
        }

        Once();
        var before = Expect.LiveTensors();
        for (var i = 0; i < 50; i++)
            Once();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Switch_TurnsThemOff()
    {
        using var scope = NewDisposeScope();
        var x = ChannelsLast.Of(Normal(1, 1, 16, 4, 4));
        Assert.That(FastKernels.Fit(x));
        Assert.That(FastKernels.Fit(x.contiguous()), Is.False);
        Assert.That(FastKernels.Fit(x[.., 0..12]), Is.False);
        Assert.That(FastKernels.Fit(x.to(ScalarType.Float64)), Is.False);
        Assert.That(FastKernels.Fit(x.to(META)), Is.False);
        FastKernels.AreOn = false;
        try
        {
            Assert.That(FastKernels.Fit(x), Is.False);
        }
        finally
        {
            FastKernels.AreOn = true;
        }
    }

    // The result, and the gradients of x, weight, bias and offset.
    private static List<Tensor> Run(
        Func<Tensor, Tensor, Tensor, Tensor?, NormRule, Tensor> norm, ScalarType type, long n, long c, long h, long w, bool offset, NormRule rule)
    {
        Tensor Leaf(Tensor values) => values.to(type).detach().requires_grad_();
        var x = Leaf(ChannelsLast.Of(Normal(1, n, c, h, w) * 2 + 0.5));
        List<Tensor> inputs = [x, Leaf(Normal(2, c)), Leaf(Normal(3, c))];
        if (offset)
            inputs.Add(Leaf(Normal(4, n, c)));
        var result = norm(inputs[0], inputs[1], inputs[2], offset ? inputs[3] : null, rule);
        result.backward([Normal(5, n, c, h, w).to(type)]);
        return [result, .. inputs.Select(input => input.grad!)];
    }

    private static Tensor Normal(long seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed));

    // Relative to the largest value, or to 1, the size of what goes in: some gradients are nothing but rounding, as an offset's of a lone channel.
    private static double Distance(Tensor made, Tensor expected)
    {
        var (a, b) = (made.to(ScalarType.Float64), expected.to(ScalarType.Float64));
        return ((a - b).abs().max() / b.abs().max().clamp_min(1)).ToDouble();
    }
}
