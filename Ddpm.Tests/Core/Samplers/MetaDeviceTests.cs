using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Sampling on a device that has no numbers, META: nothing is read from it, nothing else is mixed in, and nothing is uploaded.</summary>
public class MetaDeviceTests
{
    private const int Images = 2;

    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static IEnumerable<string> Names => EverySampler.Names;

    // What is counted are the copies from the host.
    [TestCaseSource(nameof(Names))]
    public void Run_OnMeta_ReadsAndUploadsNothing(string name)
    {
        using var network = new MetaNetwork();
        foreach (var compatible in new[] { false, true })
            foreach (var end in Enum.GetValues<SamplingEnd>())
                foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
                {
                    var sampler = EverySampler.Make(name, 6) with { MatchesDiffusers = compatible, End = end };
                    var before = Upload.Count;
                    Run(sampler, new Predictor(network, Path), new Counted(), type);
                    Assert.That(Upload.Count - before, Is.Zero);
                }
    }

    [Test]
    public void Run_OnMetaWithEveryVariance_ReadsNothing([Values] AncestralVariance variance)
    {
        using var network = new MetaNetwork { LearnsVariance = true };
        var draws = new Counted();
        var before = Upload.Count;
        Run(new AncestralSampler(variance, TimestepSpacing.Trailing(6)), new Predictor(network, Path), draws);
        Assert.That((Upload.Count - before, draws.Count), Is.EqualTo((0, 5)));
    }

    [Test]
    public void Run_OnMetaWithGuidanceThresholdsAndSelfConditioning_ReadsNothing(
        [Values] PredictionType type, [Values(0, 1, 3)] double scale, [Values] bool threshold, [Values] bool estimate, [Values] bool learned)
    {
        using var scope = NewDisposeScope();
        using var network = new MetaNetwork { Classes = 4, TakesEstimate = estimate, LearnsVariance = learned };
        var options = new PredictorOptions
        {
            Parameterization = new() { Prediction = type, Variance = learned ? LearnedVariance.Range : LearnedVariance.None },
            Threshold = threshold ? new() { Maximum = 2 } : null,
        };
        var labels = Upload.To(tensor(new[] { 1L, 3 }), META);
        var predictor = new Predictor(network, Path, options, new() { Labels = labels }, new Guidance(scale) { LowestRho = 0.3, HighestRho = 30 });
        Run(new DdimSampler(6), predictor, new Counted());
        Run(new HeunSampler(6), predictor, new Counted());
        Run(new AncestralSampler(spacing: TimestepSpacing.Trailing(6)), predictor, new Counted());
    }

    [Test]
    public void Run_OnMetaWithEveryInput_ReadsNothing([Values("step", "edm", "rho", "flow")] string name)
    {
        using var network = new MetaNetwork();
        var own = name switch
        {
            "step" => Parameterization.V,
            "edm" => Parameterization.Edm(),
            "flow" => Parameterization.Flow(),
            _ => Parameterization.V with { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho },
        };
        Run(new DpmSolver(6), new Predictor(network, Path, new() { Parameterization = own }), new Counted());
    }

    [Test]
    public void Inversion_OnMeta_ReadsNothing([Values] bool fromFirstStep, [Values] bool compatible)
    {
        using var network = new MetaNetwork();
        using var image = zeros(Images, 3, 4, 4, device: META);
        var sampler = new DdimInversion(6) { FromFirstStep = fromFirstStep, MatchesDiffusers = compatible };
        foreach (var frame in sampler.Run(new Predictor(network, Path), SamplingStart.FromImage(image), new Counted()))
            using (frame)
                Assert.That(frame.X.device_type, Is.EqualTo(DeviceType.META));
    }

    [TestCaseSource(nameof(Names))]
    public void Resampling_OfKnownPixelsOnMeta_ReadsNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var network = new MetaNetwork();
        var x = zeros(Images, 3, 4, 4, device: META);
        var predictor = new Predictor(network, Path) { Known = new(x, x.gt(0)) };
        var sampler = new ResamplingSampler(EverySampler.Make(name, 6), jumpLength: 2, resamplings: 2);
        foreach (var frame in sampler.Run(predictor, SamplingStart.From(x, 999), new Counted()))
            using (frame)
                Assert.That(frame.X.device_type, Is.EqualTo(DeviceType.META));
    }

    private static void Run(ISampler sampler, Predictor predictor, Counted noise, ScalarType type = ScalarType.Float32)
    {
        using var start = zeros(Images, 3, 4, 4, type, META);
        var last = false;
        foreach (var frame in sampler.Run(predictor, SamplingStart.FromNoise(start), noise))
            using (frame)
            {
                Assert.That((frame.X.device_type, frame.X.dtype), Is.EqualTo((DeviceType.META, type)));
                Assert.That((frame.X0.device_type, frame.X0.dtype), Is.EqualTo((DeviceType.META, type)));
                last = frame.IsLast;
            }
        Assert.That(last, Is.True);
    }

    private sealed class Counted : INoiseSource
    {
        private readonly SeededNoise noise = new(1);

        internal int Count { get; private set; }

        public void Fill(Tensor target, long firstImage, long draw)
        {
            Count++;
            noise.Fill(target, firstImage, draw);
        }
    }
}
