using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class UNetTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16, Dropout = 0.5 };

    // The first two are published, the third is that of the same network in diffusers; the last guards our own preset.
    private static readonly (string Name, UNetOptions Options, long Parameters)[] Presets =
    [
        ("paper", UNetOptions.Cifar10, 35_746_307),
        ("reference", UNetOptions.ReferencePrograms, 109_731_712),
        ("small", UNetOptions.Small, 1_624_323),
        ("tiny", UNetOptions.Tiny, 702_499),
    ];

    [Test]
    public void Parameters_OfEveryPreset_AreExactlySoMany()
    {
        foreach (var (name, options, expected) in Presets)
        {
            using var network = new UNet(options, META);
            Assert.That(network.parameters().Sum(parameter => parameter.numel()), Is.EqualTo(expected), name);
        }
    }

    [Test]
    public void StateDictionary_OfTheReferencePreset_Has444Entries()
    {
        using var network = new UNet(UNetOptions.ReferencePrograms with { Channels = 8 });
        Assert.That(network.state_dict(), Has.Count.EqualTo(444));
    }

    [Test]
    public void FreshWeights_AreFiniteAndThePapers()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options);
        foreach (var (name, parameter) in network.named_parameters())
        {
            Assert.That(parameter.isfinite().all().item<bool>(), name);
            var startsAtZero = name.EndsWith(".bias", StringComparison.Ordinal) || name.StartsWith("conv_out.", StringComparison.Ordinal)
                || name.Contains(".conv2.") || name.Contains(".to_out.");
            var expected = startsAtZero ? 0.0 : parameter.dim() == 1 ? 1 : double.NaN;
            if (!double.IsNaN(expected))
                Assert.That(parameter.eq(expected).all().item<bool>(), $"{name} must be {expected}");
            else
            {
                // Uniform with variance 2/(fan in + fan out); the smallest has 432 values: 4 % standard error of its deviation.
                var kernel = parameter.shape[2..].Aggregate(1L, (product, extent) => product * extent);
                var deviation = Math.Sqrt(2.0 / ((parameter.shape[0] + parameter.shape[1]) * kernel));
                Assert.That(parameter.std().item<float>(), Is.EqualTo(deviation).Within(12).Percent, name);
            }
        }
    }

    // A generator keeps 32 bits of a seed. Seeds below 2^32 give the weights that they always gave: the first numbers of seed 0.
    [Test]
    public void FreshWeights_FollowFromAllBitsOfTheSeed()
    {
        using var scope = NewDisposeScope();
        ulong[] seeds = [0, 1, 1UL << 31, 1UL << 32, (1UL << 32) + 1, 1UL << 63, ulong.MaxValue];
        Tensor[] weights = [.. seeds.Select(Weights)];
        for (var i = 0; i < seeds.Length; i++)
        {
            Expect.Same(Weights(seeds[i]), weights[i]);
            for (var j = 0; j < i; j++)
                Assert.That(Expect.AreSame(weights[i], weights[j]), Is.False, $"{seeds[i]} and {seeds[j]}");
        }
        using var generator = new Generator(0);
        var bound = Math.Sqrt(6.0 / ((16 + 3) * 9));
        Expect.Same(weights[0], empty(16, 3, 3, 3).uniform_(-bound, bound, generator));

        static Tensor Weights(ulong seed)
        {
            using var network = new UNet(Options, seed);
            return network.named_parameters().First(named => named.name == "conv_in.weight").parameter.detach().clone();
        }
    }

    [Test]
    public void FreshNetwork_PredictsZero()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options);
        Expect.Same(network.Predict(CosineNoise.Draw(0, 2, 3, 16, 16), tensor(new[] { 0f, 999 })), zeros(2, 3, 16, 16));
    }

    [Test]
    public void FreshWeights_FollowTheSeed()
    {
        using var scope = NewDisposeScope();
        using UNet one = new(Options, 1), same = new(Options, 1), other = new(Options, 2);
        foreach (var (name, weight) in one.state_dict())
            Expect.Same(same.state_dict()[name], weight);
        Assert.That(Expect.AreSame(other.state_dict()["conv_in.weight"], one.state_dict()["conv_in.weight"]), Is.False);
    }

    [Test]
    public void Gradient_ReachesEveryWeight()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(Options with { Dropout = 0 });
        network.train();
        network.Predict(CosineNoise.Draw(0, 2, 3, 16, 16), tensor(new[] { 3f, 700 })).square().sum().backward();
        foreach (var (name, parameter) in network.named_parameters())
            // A key's bias shifts all scores of a query alike, which softmax does not see: its gradient is rounding.
            Assert.That(
                parameter.grad?.abs().max().item<float>(),
                name.EndsWith("to_k.bias", StringComparison.Ordinal) ? Is.Not.Null : Is.GreaterThan(0),
                name);
    }

    [Test]
    public void Predict_TakesAnySizeThatTheLevelsDivide()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options with { Multipliers = [1, 1, 2], Image = new(5, 16, 24) });
        Assert.That(network.Predict(CosineNoise.Draw(0, 1, 5, 8, 20), zeros(1)).shape, Is.EqualTo(new long[] { 1, 5, 8, 20 }));
        Assert.That(() => network.Predict(CosineNoise.Draw(0, 1, 5, 8, 18), zeros(1)),
            Throws.ArgumentException.With.Message.Contains("multiples of 4").And.Message.Contains("8 x 18"));
    }

    [Test]
    public void Predict_OfWrongInput_NamesTheRule()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options);
        Assert.That(() => network.Predict(CosineNoise.Draw(0, 1, 4, 16, 16), zeros(1)),
            Throws.ArgumentException.With.Message.Contains("[N, 3, H, W]").And.Message.Contains("[1, 4, 16, 16]"));
        Assert.That(() => network.Predict(CosineNoise.Draw(0, 2, 3, 16, 16), zeros(1)),
            Throws.ArgumentException.With.Message.Contains("[2]").And.Message.Contains("[1]"));
        Assert.That(() => network.Predict(CosineNoise.Draw(0, 1, 3, 16, 16), zeros(1), zeros(1, ScalarType.Int64)),
            Throws.ArgumentException.With.Message.Contains("no classes"));
    }

    [Test]
    public void Predict_OfAnImage_DoesNotDependOnTheOthersInItsBatch()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(Options);
        network.eval();
        var (x, t) = (CosineNoise.Draw(0, 4, 3, 16, 16), tensor(new[] { 1f, 10, 100, 999 }));
        // Convolutions of other batch sizes differ in the last bits: 1e-5 of the maximum.
        Expect.RelativelyClose(network.Predict(x[2..3], t[2..3]), network.Predict(x, t)[2..3], 1e-5);
    }

    [Test]
    public void Dropout_FollowsItsSeedAndKeepsTheMean()
    {
        using var scope = NewDisposeScope();
        var dropout = new DropoutNoise(0.3);
        var x = ones(4, 10, 50, 50);
        dropout.Reseed(5);
        var (first, second) = (dropout.Apply(x), dropout.Apply(x));
        dropout.Reseed(5);
        Expect.Same(dropout.Apply(x), first);
        Assert.That(Expect.AreSame(second, first), Is.False);
        // Standard error 0.0015; five of them.
        Assert.That(first.eq(0).to(ScalarType.Float32).mean().item<float>(), Is.EqualTo(0.3).Within(0.008));
        Assert.That(first.max().item<float>(), Is.EqualTo(1 / 0.7f).Within(1e-6));
    }

    [Test]
    public void Dropout_ActsInTrainingAlone()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(Options);
        var (x, t) = (CosineNoise.Draw(0, 2, 3, 16, 16), zeros(2));
        network.eval();
        Expect.Same(network.Predict(x, t), network.Predict(x, t));
        network.train();
        Assert.That(Expect.Difference(network.Predict(x, t), network.Predict(x, t)), Is.GreaterThan(0.01));
    }

    [Test]
    public void Options_ThatDoNotFit_AreAllListed()
    {
        var fault = Assert.Throws<ArgumentException>(() => new UNet(new UNetOptions
        {
            Channels = 100, Groups = 32, Dropout = 1, NormEpsilon = 0, BlocksPerLevel = 0, Image = new(3, 20, 20), AttentionResolutions = [16],
        }));
        Assert.That(fault.Message, Does.Contain("32 does not divide 100").And.Contain("32 does not divide 200").And.Contain("[0, 1), but is 1")
            .And.Contain("above 0 and finite, but is 0").And.Contain("blocks per level must be in 1..64, but are 0")
            .And.Contain("multiples of 8").And.Contain("but one is 16"));
    }

    private static readonly UNetOptions[] Layouts =
    [
        Options with { Dropout = 0 },
        Options with { Image = new(1, 2, 4), AttentionResolutions = [1], ScaleShift = true },
        Options with { SelfConditioning = true, DownsamplePadding = DownsamplePadding.BothSides, HeadWidth = 5 },
        Options with { Downsampling = [Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock], Middle = new() { NormGroups = 0 } },
        Options with { Downsampling = [Resampling.Plain], Upsampling = [Resampling.Plain], Time = new() { Kind = TimeEmbeddingKind.Fourier } },
    ];

    // What the check of the library's convolutions, and their speed, rest on.
    [TestCaseSource(nameof(Layouts))]
    public void EveryConvolution_SeesChannelsLast_AndTheOutputIsInItsOrder(UNetOptions options)
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(options);
        var seen = 0;
        foreach (var convolution in network.modules().OfType<TorchSharp.Modules.Conv2d>())
            convolution.register_forward_pre_hook((_, x) =>
            {
                var (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3]);
                Assert.That(x.stride(), Is.EqualTo(new[] { channels * height * width, 1, width * channels, channels }));
                seen++;
                return x;
            });
        var output = network.Predict(zeros(options.Image.Batch(2)), ones(2));
        Assert.That(seen, Is.EqualTo(network.modules().OfType<TorchSharp.Modules.Conv2d>().Count()));
        Assert.That(output.is_contiguous());
    }

    [Test]
    public void WholeBlocks_AreWidthsOfSixteens()
    {
        Assert.That(Presets.All(preset => Has(preset.Options)));
        Assert.That(Has(Options with { Multipliers = [1, 1.5] }), Is.False);
        Assert.That(Has(Options with { Channels = 8, Multipliers = [2, 4] }), Is.False);

        static bool Has(UNetOptions options)
        {
            using var network = new UNet(options, META);
            return network.Traits.Layout == ConvolutionLayout.ChannelsLastInBlocks;
        }
    }

    /// <summary>A network whose last convolutions are not zero, so that its output means something.</summary>
    internal static UNet Randomised(UNetOptions options)
    {
        var network = new UNet(options);
        using var noGrad = no_grad();
        using var generator = new Generator(7);
        foreach (var parameter in network.parameters())
            if (parameter.dim() > 1)
                parameter.normal_(0, 1 / Math.Sqrt(parameter.numel() / parameter.shape[0]), generator);
        return network;
    }
}
