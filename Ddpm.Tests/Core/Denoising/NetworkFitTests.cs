using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>What a network cannot be told is found before it is asked: at both ends of the process.</summary>
public class NetworkFitTests
{
    private static readonly ImageShape Image = UNetOptions.Tiny.Image;

    private static readonly Parameterization Rho = Parameterization.V with { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho };

    private static DiffusionBuilder Builder(INoiseSchedule schedule, Parameterization parameterization) => new DiffusionBuilder()
        .WithSchedule(schedule)
        .WithSampler(new AncestralSampler(spacing: TimestepSpacing.Trailing(3)))
        .WithParameterization(parameterization);

    // Pure noise has no ρ: a network would be told infinity, or x divided by 0, and the images would be NaN.
    [Test]
    public void AProcessThatEndsInPureNoise_NeedsAnInputThatCanSayIt()
    {
        using var scope = NewDisposeScope();
        var schedule = new ZeroTerminalSnrSchedule(new LinearSchedule(20));
        var process = new GaussianDiffusion(schedule);
        var formula = new FormulaDenoiser((x, _) => 0.1 * x);
        using var network = new UNet(UNetOptions.Tiny with { Channels = 16 });
        var divides = Parameterization.V with { Input = InputScaling.ImageScale };
        foreach (var (denoiser, input) in ((IDenoiser, Parameterization)[])
            [(network, Rho), (network, Parameterization.Edm()), (network, divides), (formula, divides)])
        {
            Assert.That(() => Builder(schedule, input).WithDenoiser(denoiser, Image).Build(),
                Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("at t = 19").And.Message.Contains("alpha is 0"));
            Assert.That(() => new Predictor(denoiser, process.Path, new() { Parameterization = input }), Throws.ArgumentException);
            Assert.That(
                () => new TrainingLoss().PerImage(
                    process, denoiser, zeros(1, 3, 16, 16), [5], zeros(1, 3, 16, 16), parameterization: input),
                Throws.ArgumentException.With.Message.Contains("at t = 19"));
        }
        using var model = Builder(schedule, Parameterization.V).WithDenoiser(formula, Image).Build();
        Assert.That(model.Sample(seed: 0).isfinite().all().item<bool>(), Is.True);
        // A formula may know what infinity means.
        using var knows = Builder(schedule, Parameterization.V with { TimeInput = TimeConditioning.Rho })
            .WithDenoiser(new FormulaDenoiser((x, rho) => x / (1 + 1 / rho).view(-1, 1, 1, 1)), Image).Build();
        Assert.That(knows.Sample(seed: 0).isfinite().all().item<bool>(), Is.True);
    }

    // A row that is not there: below 0 it would be taken from the end without a word.
    [Test]
    public void ALearnedTime_MustHaveARowForEveryStep()
    {
        var options = UNetOptions.Tiny with { Channels = 16, Time = new() { Kind = TimeEmbeddingKind.Learned, Steps = 20 } };
        foreach (var (steps, input) in new[] { (21, Parameterization.V), (20, Parameterization.Edm()), (20, Rho) })
            Assert.That(() => Builder(new LinearSchedule(steps), input).WithUNet(options).Build(),
                Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("from 0 to 19"));
        using var model = Builder(new LinearSchedule(20), Parameterization.V).WithUNet(options).Build();
        using var image = model.Sample(seed: 0);
        Assert.That(image.shape, Is.EqualTo(new long[] { 1, 3, 16, 16 }));
    }

    [Test]
    public void NoParameterization_IsRefused() =>
        Assert.That(() => new PredictorOptions { Parameterization = null! }, Throws.ArgumentNullException.With.Message.Contains("Parameterization"));
}
