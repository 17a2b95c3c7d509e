using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class DiffusionBuilderTests
{
    [Test]
    public void Build_ByItself_IsThePapersModel()
    {
        using var diffusion = new DiffusionBuilder().WithLinearSchedule(1000).Build();
        Assert.That(diffusion.ParameterCount, Is.EqualTo(35_746_307));
        Assert.That(diffusion.Image, Is.EqualTo(new ImageShape(3, 32, 32)));
        Assert.That(diffusion.Process.Path.AlphaBar(999), Is.EqualTo(4.03583e-5).Within(5e-11));
        Assert.That(diffusion.Sampler,
            Is.TypeOf<AncestralSampler>().With.Property(nameof(AncestralSampler.Variance)).EqualTo(AncestralVariance.FixedLarge));
        Assert.That(((nn.Module)diffusion.Denoiser).training, Is.False);
    }

    [Test]
    public void WrongArguments_ThrowAtTheCall()
    {
        var builder = new DiffusionBuilder();
        Assert.That(() => builder.WithSchedule(null!), Throws.ArgumentNullException);
        Assert.That(() => builder.WithLinearSchedule(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => builder.WithLinearSchedule(10, 0.5, 0.1), Throws.ArgumentException);
        Assert.That(() => builder.WithUNet(new UNetOptions { Groups = 7 }), Throws.ArgumentException.With.Message.Contains("7 does not divide 128"));
        Assert.That(() => builder.WithClipping(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => builder.WithBetas([2]), Throws.ArgumentException);
        Assert.That(() => builder.WithAncestralSampler((AncestralVariance)5), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Build_OfPartsThatDoNotFit_ListsEveryFault()
    {
        using var network = new TinyNetwork();
        var builder = new DiffusionBuilder()
            .WithLinearSchedule(10)
            .WithAncestralSampler(spacing: TimestepSpacing.Trailing(50))
            .WithUNet(UNetOptions.Tiny)
            .WithDenoiser(network, default)
            .WithWeights("weights.safetensors");
        var fault = Assert.Throws<DiffusionConfigurationException>(() => builder.Build());
        Assert.That(fault.Faults, Has.Count.EqualTo(4));
        Assert.That(fault.Message, Does.Contain("0..9").And.Contain("both a denoiser and a description")
            .And.Contain("Weights are for a network that the builder makes").And.Contain("shape of its images"));
    }

    [Test]
    public void Build_OfEpsilonWithZeroTerminalSnr_IsAFault()
    {
        using var network = new TinyNetwork();
        var builder = new DiffusionBuilder()
            .WithSchedule(new ZeroTerminalSnrSchedule(new LinearSchedule(50)))
            .WithDenoiser(network, new ImageShape(3, 8, 8));
        Assert.That(() => builder.Build(), Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("epsilon"));
        using var diffusion = builder.WithPrediction(PredictionType.V).Build();
        Assert.That(diffusion.Prediction, Is.EqualTo(new PredictorOptions { Parameterization = Parameterization.V }));
    }

    [Test]
    public void WithASampler_ByName_IsThatSampler()
    {
        using var network = new TinyNetwork();
        ISampler Made(Func<DiffusionBuilder, DiffusionBuilder> with) =>
            with(new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 8, 8))).Build().Sampler;

        Assert.That(Made(b => b.WithDdim(20, 0.5)),
            Is.TypeOf<DdimSampler>().With.Property("Eta").EqualTo(0.5).And.Property("Spacing").Property("Count").EqualTo(20));
        Assert.That(Made(b => b.WithDpmSolver(9, 3)),
            Is.TypeOf<DpmSolver>().With.Property("Order").EqualTo(3).And.Property("Spacing").Property("Count").EqualTo(9));
        Assert.That(Made(b => b.WithUniPc(8, 1)), Is.TypeOf<UniPcSolver>().With.Property("Order").EqualTo(1));
        Assert.That(Made(b => b.WithDeis(8, 3)), Is.TypeOf<DeisSolver>().With.Property("Order").EqualTo(3));
        Assert.That(Made(b => b.WithEulerAncestral(7)), Is.TypeOf<EulerSampler>().With.Property("Eta").EqualTo(1));
        Assert.That(Made(b => b.WithEuler(7)), Is.TypeOf<EulerSampler>().With.Property("Eta").EqualTo(0));
        Assert.That(Made(b => b.WithHeun(7)), Is.TypeOf<HeunSampler>());
        Assert.That(Made(b => b.WithPndm(7)), Is.TypeOf<PndmSampler>());
    }

    [Test]
    public void Build_ForADeviceThatIsNotThere_SaysSo()
    {
        if (cuda.is_available())
            Assert.Ignore("This machine has a CUDA device.");
        Assert.That(() => new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithDevice(new Device(DeviceType.CUDA, 0)).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("TorchBackend=cuda"));
    }

    // The META device stands for a second one: its tensors have shapes alone.
    [Test]
    public void Build_OfADenoiserOnAnotherDevice_SaysSo()
    {
        using var network = new UNet(UNetOptions.Tiny, META);
        var builder = new DiffusionBuilder().WithDenoiser(network, UNetOptions.Tiny.Image);
        Assert.That(() => builder.WithDevice(CPU).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("meta").And.Message.Contains("cpu"));
        using var there = builder.WithDevice(META).Build();
        Assert.That(there.Device.type, Is.EqualTo(DeviceType.META));
    }

    [Test]
    public void Build_OfAScheduleWithoutSteps_SaysSo() =>
        Assert.That(() => new DiffusionBuilder().WithSchedule(new EmptySchedule()).WithUNet(UNetOptions.Tiny).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("none"));

    [Test]
    public void Dispose_FreesTheNetworkItMadeAndLeavesAGivenOne()
    {
        using var network = new TinyNetwork();
        using (new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 8, 8)).Build())
        {
        }
        Assert.That(network.parameters().First().IsInvalid, Is.False);
        var own = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).Build();
        var module = (nn.Module)own.Denoiser;
        Tensor[] held = [.. module.parameters()];
        own.Dispose();
        Assert.That(held, Has.Length.EqualTo(144).And.All.Property(nameof(Tensor.IsInvalid)).True);
    }

    [Test]
    public void Build_WithoutItsWeights_NamesThemAndLeavesNothingAlive() => Expect.NoLeak(() =>
        Assert.Throws<FileNotFoundException>(() => new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithWeights("missing.safetensors").Build()));

    private sealed class EmptySchedule : INoiseSchedule
    {
        public IReadOnlyList<double> Betas => [];
    }
}
