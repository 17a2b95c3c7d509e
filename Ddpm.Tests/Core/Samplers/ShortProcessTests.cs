using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Processes of any number of steps with the schedules' own betas: images as bright and as dark as the data.</summary>
public class ShortProcessTests
{
    private const double Spread = 0.6;

    // The flow of N(0, 0.6²) is linear, so one number says what becomes of any noise: no sampling error.
    [Test]
    public void Run_OfAShortProcess_KeepsTheSpreadOfBrightness([Values(20, 50, 100, 200, 1000)] int steps, [Values] bool sigmoid)
    {
        using var scope = NewDisposeScope();
        var path = new DiffusionPath(sigmoid ? new SigmoidSchedule(steps) : new LinearSchedule(steps));
        var start = SamplingStart.FromNoise(ones(1, 1, 1, 1, ScalarType.Float64));
        var factor = EverySampler.Run(new HeunSampler(200), Exact(), path, start, EverySampler.Options()).item<double>();
        TestContext.Out.WriteLine(FormattableString.Invariant($"{steps} steps: {factor:F4}"));
        // 200 steps of second order through at most 1,000: seen within 0.002, and √ᾱ of the last step, at most 0.015, tells up to its square.
        Assert.That(factor, Is.EqualTo(Spread).Within(0.006));
    }

    // Through the front door, the ancestral sampler over all steps: its large variance adds a little at 20 and 50 steps.
    [TestCase(20, 0.12)]
    [TestCase(50, 0.06)]
    [TestCase(100, 0.04)]
    [TestCase(200, 0.03)]
    public void Sample_OfAShortProcess_KeepsTheSpreadOfBrightness(int steps, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = new DiffusionBuilder().WithLinearSchedule(steps).WithDenoiser(Exact(), new ImageShape(1, 1, 1))
            .WithPrediction(EverySampler.Options()).Build();
        using var generator = new Generator(2);
        var spread = model.Sample(10_000, new() { Seed = 0, Noise = new GeneratorNoise(generator) }).std().item<float>();
        TestContext.Out.WriteLine(FormattableString.Invariant($"{steps} steps: {spread:F4}"));
        Assert.That(spread, Is.EqualTo(Spread).Within(tolerance));        // 10,000 draws: standard error 0.004
        Assert.That(model.Warnings, Is.Empty);
    }

    [Test]
    public void Build_OfBetasThatDoNotEndInNoise_SaysSo()
    {
        using var model = new DiffusionBuilder().WithLinearSchedule(50, 1e-4, 0.02).WithDenoiser(Exact(), new ImageShape(1, 1, 1)).Build();
        Assert.That(model.Process.Path.SignalLeft, Is.EqualTo(0.777).Within(1e-3));
        Assert.That(model.Warnings, Has.Count.EqualTo(1).And.All.Contains("should be noise").And.All.Contains("78"));
    }

    private static FormulaDenoiser Exact() => EverySampler.OfX0(PredictionType.Epsilon,
        (x, at) => x * (at.Alpha * Spread * Spread / (at.AlphaBar * Spread * Spread + at.Sigma * at.Sigma)));
}
