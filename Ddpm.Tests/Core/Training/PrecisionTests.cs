using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>Training in bfloat16: what the network has while it computes, and what anyone else sees.</summary>
public class PrecisionTests
{
    private static readonly TrainingOptions Recipe = Options with { Precision = TrainingPrecision.BFloat16, EmaDecay = 0.9 };

    private static ScalarType[] Types(nn.Module network) => [.. network.parameters().Select(weight => weight.dtype).Distinct()];

    private static float[] Rounded(float[] values)
    {
        using var scope = NewDisposeScope();
        return tensor(values).to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray();
    }

    [Test]
    public void InEveryPass_TheNetworkHasTheWeightsRounded_AndFloat32AtAnyOtherTime()
    {
        using var network = new TinyNetwork();
        var (seen, between) = (new List<float[]>(), new List<float[]> { Weights(network) });
        var spy = new Spy(network, (x, t) =>
        {
            Assert.That((Types(network).Single(), x.dtype, t.dtype), Is.EqualTo((ScalarType.BFloat16, ScalarType.BFloat16, ScalarType.Float32)));
            using var scope = NewDisposeScope();
            seen.Add(cat([.. network.parameters().Select(weight => weight.detach().to(ScalarType.Float32).flatten())]).data<float>().ToArray());
        });
        using var trainer = new Trainer(spy, Process, Images(), Recipe);
        trainer.Run(new Direct<TrainingProgress>(_ =>
        {
            Assert.That(Types(network), Is.EqualTo((ScalarType[])[ScalarType.Float32]));
            between.Add(Weights(network));
        }));
        Assert.That(seen, Has.Count.EqualTo(20));
        for (var step = 0; step < 20; step++)
            Assert.That(seen[step], Is.EqualTo(Rounded(between[step])), $"step {step}");
        // More digits are kept than the network computes with: else small steps would be lost.
        Assert.That(between[20], Is.Not.EqualTo(Rounded(between[20])));
        Assert.That(Types(network), Is.EqualTo((ScalarType[])[ScalarType.Float32]));
        using var state = trainer.Capture();
        var kept = state.Moments.Values.Concat(state.Averages.Values).Append(state.Weights).SelectMany(group => group.Values);
        Assert.That(kept.Select(tensor => tensor.dtype), Is.All.EqualTo(ScalarType.Float32));
    }

    [Test]
    public void AnAverageInUseBetweenSteps_LeavesNoTrace()
    {
        static float[] Train(bool looks)
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Process, Images(), Recipe);
            trainer.Run(observers: looks ? [new Observer((run, _) =>
            {
                var raw = Weights(network);
                using (run.UseAverage())
                using (var noGrad = no_grad())
                using (var said = network.Predict(zeros(1, 3, 8, 8), zeros(1)))
                {
                    Assert.That(said.dtype, Is.EqualTo(ScalarType.Float32));
                    Assert.That(Weights(network), Is.Not.EqualTo(raw));
                }
                Assert.That(Weights(network), Is.EqualTo(raw));
            })] : []);
            return Weights(network);
        }
        Assert.That(Train(looks: true), Is.EqualTo(Train(looks: false)));
    }

    [Test]
    public void FromAnyStop_TheRunGoesOnBitForBit([Values(1, 10, 19)] int stop) => TrainerStateTests.ExpectItGoesOn(stop, Recipe, Process);

    [TestCase(24, 8)]
    [TestCase(32, 8)]
    [TestCase(32, 32)]
    [TestCase(20, 4)]
    public void TheGradientOfANetwork_IsThatInFloat32_ButForRounding(int channels, int groups)
    {
        float[] Gradient(TrainingPrecision precision, int? part)
        {
            using var network = new UNet(UNetOptions.Tiny with { Channels = channels, Groups = groups, Dropout = 0.1 }, seed: 1);
            Spread(network);
            var gradient = new Kept();
            using var trainer = new Trainer(network, Process, new ShapesReader(count: 8).Read(), Options with
            {
                Steps = 1, BatchSize = 8, Precision = precision, MicroBatchSize = part,
            }) { GradientSync = gradient };
            trainer.Run();
            return gradient.Values;
        }
        var full = Gradient(TrainingPrecision.Float32, null);
        var (whole, parts) = (Gradient(TrainingPrecision.BFloat16, null), Gradient(TrainingPrecision.BFloat16, 3));
        Assert.That(Distance(whole, full), Is.InRange(1e-4, 0.05));         // seen: 0.01 to 0.02
        Assert.That(Distance(parts, full), Is.InRange(1e-4, 0.05));
    }

    [Test]
    public void WhatCannotComputeInIt_IsRefusedInWords_AndHasFloat32WeightsAgain()
    {
        // Its second convolution is given float32, as t is.
        using var network = new Mixing();
        using var trainer = new Trainer(network, Process, Images(), Recipe);
        Assert.That(() => trainer.Run(), Throws.InvalidOperationException.With.Message.Contains(nameof(TrainingOptions.Precision))
            .And.Message.Contains(nameof(Mixing)).And.InnerException.Not.Null);
        Assert.That(Types(network), Is.EqualTo((ScalarType[])[ScalarType.Float32]));
        using var said = network.Predict(zeros(1, 3, 8, 8), zeros(1));
        Assert.That(said.dtype, Is.EqualTo(ScalarType.Float32));

        using var doubles = new TinyNetwork();
        doubles.to(ScalarType.Float64);
        Assert.That(() => new Trainer(doubles, Process, Images(), Recipe), Throws.ArgumentException.With.Message.Contains("must be float32"));
        Assert.That(() => Recipe with { Precision = (TrainingPrecision)7 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Warnings_SayWhereItIsSlowOrUnchecked()
    {
        using var blocks = new UNet(UNetOptions.Tiny);
        using var odd = new UNet(UNetOptions.Tiny with { Channels = 24 });
        Assert.That(TrainingPrecisionCheck.OnCpu(blocks, hasNoInstructions: false, hidesCaches: false), Is.Empty);
        Assert.That(TrainingPrecisionCheck.OnCpu(odd, hasNoInstructions: true, hidesCaches: false).Single(), Does.Contain("no instructions"));
        Assert.That(TrainingPrecisionCheck.OnCpu(blocks, hasNoInstructions: false, hidesCaches: true).Single(), Does.Contain("never compared"));
        Assert.That(TrainingPrecisionCheck.OnCpu(odd, hasNoInstructions: false, hidesCaches: true).Single(), Does.Contain("oneDNN is off"));
        Assert.That(TrainingPrecisionCheck.Warnings(odd, TrainingPrecision.Float32), Is.Empty);
    }

    [TestCase(7, 0, 0, 0, false)]
    [TestCase(7, 0, 1 << 22, 0, true)]
    [TestCase(7, 1, 0, 1 << 5, true)]
    [TestCase(7, 0, 0, 1 << 5, false)]          // a subleaf that is not there says nothing
    [TestCase(6, 1, 1 << 22, 1 << 5, false)]
    public void ProcessorBFloat16_ReadsCpuid(int last, int subleaves, int features, int more, bool expected) =>
        Assert.That(
            ProcessorBFloat16.Find((leaf, subleaf) => leaf == 0 ? (last, 0) : subleaf == 0 ? (subleaves, features) : (more, 0)), Is.EqualTo(expected));

    private static double Distance(float[] actual, float[] expected) =>
        Math.Sqrt(actual.Zip(expected, (a, b) => (double)(a - b) * (a - b)).Sum() / expected.Sum(value => (double)value * value));

    /// <summary>Away from the zeros that a network begins with, behind which gradients are zero.</summary>
    internal static void Spread(UNet network)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        foreach (var weight in network.parameters())
            weight.add_(randn(weight.shape, generator: generator), 0.05);
    }

    private sealed class Kept : IGradientSync
    {
        internal float[] Values { get; private set; } = [];

        public void Average(Tensor gradient) => Values = gradient.data<float>().ToArray();
    }

    private sealed class Spy(IDenoiser inner, Action<Tensor, Tensor> sees) : DelegatingDenoiser(inner)
    {
        public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            sees(x, t);
            return base.Predict(x, t, conditioning);
        }
    }

    private sealed class Mixing : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Conv2d first = nn.Conv2d(3, 4, 3, padding: 1), second = nn.Conv2d(4, 3, 3, padding: 1);

        internal Mixing()
            : base(nameof(Mixing)) => RegisterComponents();

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            return second.call(first.call(x) + t.view(-1, 1, 1, 1)).MoveToOuterDisposeScope();
        }
    }
}
