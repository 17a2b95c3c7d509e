using System.Globalization;

namespace Ddpm.Tests.Core.Training;

public class LossWeightingTests
{
    private const string IndexFile = "training/training.json";

    private static IEnumerable<TestCaseData> Recorded => Recordings.Cases(
        IndexFile, () => Recordings.Index(IndexFile).Find("min_snr")?.EnumerateObject().Select(entry => entry.Name) ?? []);

    // As "squaredcos_cap_v2 gamma 5": a schedule of diffusers and γ.
    [TestCaseSource(nameof(Recorded))]
    public void MinSnr_IsTheRecordedWeight(string setting)
    {
        var (schedule, gamma) = (setting.Split(' ')[0], double.Parse(setting.Split(' ')[^1], CultureInfo.InvariantCulture));
        var path = new DiffusionPath(schedule switch
        {
            "linear" => new LinearSchedule(),
            "squaredcos_cap_v2" => new CosineSchedule(),
            "scaled_linear" => new ScaledLinearSchedule(),
            "sigmoid" => new SigmoidSchedule(),
            "laplace" => new LaplaceSchedule(),
            _ => throw new IgnoreException($"There is no schedule {schedule} here."),
        });
        var recorded = Recordings.Index(IndexFile).GetProperty("min_snr").GetProperty(setting);
        var weighting = LossWeighting.MinSnr(gamma);
        var largest = 0.0;
        var names = new[] { (PredictionType.Epsilon, "weight_epsilon"), (PredictionType.V, "weight_v"), (PredictionType.X0, "weight_x0") };
        foreach (var (prediction, name) in names)
            foreach (var (step, expected) in recorded.GetProperty("t").Integers().Zip(recorded.GetProperty(name).Numbers()))
            {
                var weight = In(weighting, prediction, path.At(step));
                largest = Math.Max(largest, Math.Abs(weight / expected - 1));
                // the recorded tables are float32: 1 - ᾱ is good to 3e-4 at t = 0
                Assert.That(weight, Is.EqualTo(expected).Within(0.1).Percent);
            }
        TestContext.Out.WriteLine($"largest relative difference {largest:E1}");
    }

    // The weight on the difference in another space, as the loss applies it.
    private static double In(LossWeighting weighting, PredictionType space, DiffusionPoint at) =>
        weighting.At(at) * Math.Pow(new Parameterization { Prediction = space }.LossFactor(PredictionType.Epsilon, at), 2);

    // At SNR = 3 (α² = 3/4) and at SNR = 1/3.
    [TestCase(0.75, 1 / 3.0, 1 / 4.0, 1 / 4.0)]
    [TestCase(0.25, 1, 3 / 4.0, 3 / 4.0)]
    public void Weights_AtAKnownSnr_AreTheirFormulas(double alphaBar, double minSnr, double softMinSnr, double p2)
    {
        var at = new DiffusionPoint(0, Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));
        var snr = alphaBar / (1 - alphaBar);
        foreach (var (weighting, expected) in new[]
        {
            (LossWeighting.MinSnr(1), minSnr), (LossWeighting.SoftMinSnr(1), softMinSnr), (LossWeighting.P2(), p2), (LossWeighting.P2(1, 2), p2 * p2),
            (LossWeighting.OfSnr(ratio => 7 * ratio), 7 * snr),
        })
        {
            Assert.That(weighting.At(at), Is.EqualTo(expected).Within(1e-12), weighting.ToString());
            Assert.That(In(weighting, PredictionType.X0, at), Is.EqualTo(expected * snr).Within(1e-12), weighting.ToString());
            Assert.That(In(weighting, PredictionType.V, at), Is.EqualTo(expected * alphaBar).Within(1e-12), weighting.ToString());
        }
        Assert.That(LossWeighting.None.At(at), Is.EqualTo(1));
    }

    [Test]
    public void Weights_InPureNoise_AreTheirLimits()
    {
        var noise = new DiffusionPoint(999, 0, 1);
        foreach (var weighting in new[] { LossWeighting.MinSnr(), LossWeighting.SoftMinSnr(), LossWeighting.P2() })
        {
            Assert.That(weighting.At(noise), Is.EqualTo(1), weighting.ToString());
            Assert.That(In(weighting, PredictionType.X0, noise), Is.Zero, weighting.ToString());
            Assert.That(In(weighting, PredictionType.V, noise), Is.Zero, weighting.ToString());
        }
    }

    [Test]
    public void BadNumbers_AreRefusedByName()
    {
        Assert.That(() => LossWeighting.MinSnr(0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("gamma"));
        Assert.That(() => LossWeighting.SoftMinSnr(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("gamma"));
        Assert.That(() => LossWeighting.P2(k: 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("k must"));
        Assert.That(() => LossWeighting.P2(gamma: -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("gamma"));
        Assert.That(() => LossWeighting.OfSnr(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Weightings_AreEqualOnlyWhereKindAndNumbersAre()
    {
        static double Half(double snr) => 0.5;
        Dictionary<string, Func<LossWeighting>> all = new()
        {
            ["none"] = () => LossWeighting.None,
            ["min-SNR 5"] = () => LossWeighting.MinSnr(),
            ["min-SNR 2.5"] = () => LossWeighting.MinSnr(2.5),
            ["soft min-SNR 5"] = () => LossWeighting.SoftMinSnr(),
            ["P2 1 1"] = () => LossWeighting.P2(),
            ["P2 1 0.5"] = () => LossWeighting.P2(gamma: 0.5),
            ["of SNR"] = () => LossWeighting.OfSnr(Half),
        };
        foreach (var (name, make) in all)
        {
            Assert.That(make().ToString(), Is.EqualTo(name));
            foreach (var (other, makeOther) in all)
                Assert.That(make() == makeOther(), Is.EqualTo(name == other), $"{name}, {other}");
        }
        Assert.That(LossWeighting.OfSnr(Half) == LossWeighting.OfSnr(snr => 0.5), Is.False, "another function");
        Assert.That(new TrainingLoss { Weighting = LossWeighting.MinSnr() } == new TrainingLoss { Weighting = LossWeighting.MinSnr(5) });
    }
}
