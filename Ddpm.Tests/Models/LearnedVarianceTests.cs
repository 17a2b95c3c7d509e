using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>A network that learns the variance of the reverse steps too: trained, sampled, measured, saved.</summary>
public class LearnedVarianceTests
{
    private static readonly TrainingOptions Training = new() { Steps = 3, BatchSize = 4, LearningRate = 1e-3, WarmupSteps = 0, EmaDecay = 0 };

    private static Diffusion Build(PredictionType prediction = PredictionType.Epsilon) => new DiffusionBuilder()
        .WithLinearSchedule(20, 1e-3, 0.3)
        .WithUNet(UNetOptions.Tiny with { OutputChannels = 6 })
        .WithPrediction(prediction)
        .WithLearnedVariance()
        .Build();

    [Test]
    public void Train_WithTheHybridLoss_LearnsTheVarianceToo([Values] PredictionType prediction)
    {
        using var scope = NewDisposeScope();
        using var diffusion = Build(prediction);
        var data = new ShapesReader(count: 8, size: 16).Read();
        var x0 = Pixels.Batch(data, [0, 1]);
        var before = Variance();
        diffusion.Train(Training, data);
        Expect.Same(Variance(), before);            // nothing but the bound teaches it
        diffusion.Train(Training with { IfTrained = WhenTrained.GoOn, BoundWeight = 0.001, Weighting = LossWeighting.MinSnr() }, data);
        Assert.That(Expect.AreSame(Variance(), before), Is.False);

        var images = diffusion.Sample(2, seed: 0);
        Assert.That(images.isfinite().all().item<bool>(), Is.True);
        Assert.That(images.shape, Is.EqualTo(new long[] { 2, 3, 16, 16 }));
        var bits = diffusion.BitsPerDimension(x0);
        Assert.That(bits.Images, Is.EqualTo(diffusion.BitsPerDimension(x0, new()).Images));
        Assert.That(bits.Images, Has.Count.EqualTo(2).And.All.Matches<double>(double.IsFinite));

        // The bias of the last convolution: C numbers of the mean, then C of the variance.
        Tensor Variance() =>
            ((UNet)diffusion.Denoiser).named_parameters().Last(named => named.parameter.shape is [6]).parameter.detach()[3..].clone();
    }

    [Test]
    public void Train_OnTheBoundAlone_LowersIt()
    {
        using var scope = NewDisposeScope();
        using var diffusion = Build();
        var data = new ShapesReader(count: 8, size: 16).Read();
        var x0 = Pixels.Batch(data, [0, 1, 2, 3]);
        var before = diffusion.BitsPerDimension(x0).Mean;
        diffusion.Train(Training with { Steps = 20, Loss = LossKind.VariationalBound }, data);
        Assert.That(diffusion.BitsPerDimension(x0).Mean, Is.LessThan(0.9 * before));
    }

    [Test]
    public void Build_OfALearnedVarianceWithoutItsChannels_IsAFault(
        [Values(LearnedVariance.Direct, LearnedVariance.Range, LearnedVariance.Logarithm)] LearnedVariance variance,
        [Values] bool given)
    {
        using var network = new UNet(UNetOptions.Tiny);
        var builder = new DiffusionBuilder().WithLinearSchedule(20).WithLearnedVariance(variance);
        builder = given ? builder.WithDenoiser(network, UNetOptions.Tiny.Image) : builder.WithUNet(UNetOptions.Tiny with { OutputChannels = 3 });
        Assert.That(() => builder.Build(), Throws.TypeOf<DiffusionConfigurationException>()
            .With.Message.Contains(variance.ToString()).And.Message.Contains("[N, 2C, H, W]"));
    }

    [Test]
    public void Build_OfWeightsWithoutTheChannels_IsAFault()
    {
        using var folder = new TemporaryFolder();
        using (var network = new UNet(UNetOptions.Tiny))
            SafetensorsWriter.Write(folder.File("weights.safetensors"), network.state_dict());
        var builder = new DiffusionBuilder().WithLinearSchedule(20).WithLearnedVariance()
            .WithUNet(UNetOptions.Tiny).WithWeights(folder.File("weights.safetensors"));
        Assert.That(() => builder.Build(), Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("2C"));
        using var fixedVariance = builder.WithLearnedVariance(LearnedVariance.None).Build();
        Assert.That(fixedVariance.Image, Is.EqualTo(UNetOptions.Tiny.Image));
    }

    [Test]
    public void Sample_OfAFormulaWithoutTheChannels_SaysWhatIsMissing()
    {
        // Of a formula nothing is known before it is asked.
        using var formula = new DiffusionBuilder().WithLinearSchedule(20).WithLearnedVariance()
            .WithDenoiser(new FormulaDenoiser((x, t) => 0.1 * x), UNetOptions.Tiny.Image)
            .WithAncestralSampler(spacing: TimestepSpacing.Trailing(3)).Build();
        Assert.That(() => formula.Sample(seed: 0), Throws.InvalidOperationException.With.Message.Contains("[N, 2C, H, W]"));
        // The reverse is a choice: the second half is left alone.
        using var learned = new DiffusionBuilder().WithLinearSchedule(20).WithUNet(UNetOptions.Tiny with { OutputChannels = 6 }).Build();
        using var images = learned.Sample(seed: 0);
        Assert.That(images.shape, Is.EqualTo(new long[] { 1, 3, 16, 16 }));
    }

    // Said once, by the parameterization: the network that the builder makes gets the channels.
    [Test]
    public void Build_WithALearnedVariance_MakesTheChannels()
    {
        using var diffusion = new DiffusionBuilder().WithLinearSchedule(20).WithUNet(UNetOptions.Tiny).WithLearnedVariance().Build();
        Assert.That(diffusion.Denoiser.Traits.OutputChannels, Is.EqualTo(6));
        using var images = diffusion.Sample(seed: 0);
        Assert.That(images.shape, Is.EqualTo(new long[] { 1, 3, 16, 16 }));
    }

    [Test]
    public void BitsPerDimension_OfAnotherShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var diffusion = Build();
        Assert.That(() => diffusion.BitsPerDimension(zeros(1, 4, 16, 16)), Throws.ArgumentException.With.Message.Contains("[1, 4, 16, 16]"));
    }
}
