using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>A network that takes the logarithm of what it is told of time cannot be told step 0.</summary>
public class FourierTimeTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Time = new() { Kind = TimeEmbeddingKind.Fourier } };

    private static readonly Parameterization Rho = new() { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho };

    [Test]
    public void Build_OfStepsForAFourierNetwork_IsAFault([Values] bool given)
    {
        using var network = new UNet(Options);
        var builder = new DiffusionBuilder().WithLinearSchedule(20);
        builder = given ? builder.WithDenoiser(network, Options.Image) : builder.WithUNet(Options);
        foreach (var parameterization in new[] { Parameterization.Epsilon, Parameterization.Edm() })        // ln(ρ)/4 is below 0
            Assert.That(() => builder.WithParameterization(parameterization).Build(),
                Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("above 0").And.Message.Contains("TimeConditioning.Rho"));
    }

    [Test]
    public void Sample_OfAFourierNetworkThatIsToldTheLevel_IsFinite()
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(Options);
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithDenoiser(network, Options.Image)
            .WithParameterization(Rho).Build();
        Assert.That(model.Sample(2, seed: 0).isfinite().all().item<bool>(), Is.True);
    }

    [Test]
    public void TrainingAndMeasuring_OfStepsForAFourierNetwork_SayWhy()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options);
        var process = new GaussianDiffusion(new LinearSchedule(20));
        var data = new ShapesReader(count: 4).Read();
        var (x0, ε) = (Pixels.Batch(data, [0]), CosineNoise.Draw(0, 1, 3, 16, 16));
        foreach (var run in (Action[])
        [
            () => _ = new Trainer(network, process, data, new() { Steps = 1, BatchSize = 2 }),
            () => new TrainingLoss().PerImage(process, network, x0, [5], ε), () => process.Loss(network, x0, [5], ε),
            () => HeldOutLoss.Measure(network, process, x0), () => new VariationalBound().Measure(network, process.Path, x0),
        ])
            Assert.That(run, Throws.ArgumentException.With.Message.Contains("at t = 0 it is told 0"));
        Assert.That(() => HeldOutLoss.Measure(network, process, x0, [0], parameterization: Rho)[0], Is.GreaterThan(0));
    }

    // What such a network was trained with is levels; the file of its scheduler says steps. It opens, to be looked at and saved.
    [Test]
    public void Sample_OfAPipelineThatTellsItSteps_SaysWhy()
    {
        using var model = PipelinesTests.Open("fourier");
        foreach (var run in (Action[])
        [
            () => model.Sample(seed: 0), () => model.Stream().First().Dispose(),
            () => model.Sample(1, new() { Seed = 0, Sampler = new AncestralSampler(spacing: TimestepSpacing.Trailing(5)) }),
        ])
            Assert.That(run, Throws.ArgumentException.With.Message.Contains("at t = 0 it is told 0"));
    }

    [Test]
    public void Predict_OfStepZero_IsRefusedOnTheHost()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options);
        var x = CosineNoise.Draw(0, 2, 3, 16, 16);
        Assert.That(() => network.Predict(x, tensor(new[] { 1f, 0 })), Throws.ArgumentException.With.Message.Contains("above 0"));
        Assert.That(() => network.Predict(x, tensor(new[] { 1f, -1 })), Throws.ArgumentException);
        Assert.That(() => network.Predict(x, tensor(new[] { 1f, 0.01f })), Throws.Nothing);
    }
}
