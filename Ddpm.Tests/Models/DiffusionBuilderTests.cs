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
        Assert.That(diffusion.Sampler, Is.TypeOf<AncestralSampler>().With.Property(nameof(AncestralSampler.Variance)).EqualTo(AncestralVariance.FixedLarge));
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
        Assert.That(fault.Message, Does.Contain("0..9").And.Contain("both a denoiser and a UNet").And.Contain("Weights are for a UNet").And.Contain("shape of its images"));
    }

    [Test]
    public void Build_ForADeviceThatIsNotThere_SaysSo()
    {
        if (cuda.is_available())
            Assert.Ignore("This machine has a CUDA device.");
        Assert.That(() => new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithDevice(new Device(DeviceType.CUDA, 0)).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("TorchBackend=cuda"));
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
