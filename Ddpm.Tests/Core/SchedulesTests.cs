using TorchSharp;

namespace Ddpm.Tests.Core;

public class SchedulesTests
{
    private static readonly INoiseSchedule[] All =
        [new LinearSchedule(), new ScaledLinearSchedule(), new CosineSchedule(), new SigmoidSchedule(), new LaplaceSchedule()];

    // Published for Ho et al.'s linear schedule; six digits are given.
    [TestCase(499, 0.0785872, 5e-8)]
    [TestCase(999, 4.03583e-5, 5e-11)]
    public void Linear_AlphaBar_IsThePublishedValue(int t, double expected, double tolerance) =>
        Assert.That(new DiffusionPath(new LinearSchedule()).AlphaBar(t), Is.EqualTo(expected).Within(tolerance));

    private const string ReferenceSchedules = "seed/schedule.safetensors";

    // "beta" and "alpha_bar", and the same for other numbers of steps with a suffix.
    private static IEnumerable<TestCaseData> Suffixes =>
        Recordings.Cases(ReferenceSchedules, () => Recordings.Names(ReferenceSchedules, "beta"));

    [TestCaseSource(nameof(Suffixes))]
    public void Linear_BetasAndAlphaBars_AreTheReferencePrograms(string suffix)
    {
        // Recorded in float32: two roundings of numbers up to 0.02, and 1,000 of the running product.
        using var beta = Recordings.Read(ReferenceSchedules, "beta" + suffix);
        using var alphaBar = Recordings.Read(ReferenceSchedules, "alpha_bar" + suffix);
        var (betas, alphaBars) = (beta.data<float>().ToArray(), alphaBar.data<float>().ToArray());
        var path = new DiffusionPath(new LinearSchedule(betas.Length, 1e-4, 0.02));
        for (var t = 0; t < betas.Length; t++)
        {
            Assert.That(path.Beta(t), Is.EqualTo(betas[t]).Within(2e-9));
            Assert.That(path.AlphaBar(t) / alphaBars[t], Is.EqualTo(1).Within(3e-5));
        }
    }

    // Nichol and Dhariwal 2021's linear schedule, whose betas are 0.1/T to 20/T.
    [TestCase(40)]
    [TestCase(100)]
    [TestCase(1000)]
    [TestCase(4000)]
    public void Linear_OfOtherStepsWithoutBetas_ScalesThem(int steps)
    {
        var betas = new LinearSchedule(steps).Betas;
        Assert.That((betas[0], betas[^1]), Is.EqualTo((0.1 / steps, 20.0 / steps)).Within(1e-15));
        Assert.That(new LinearSchedule(steps, first: 1e-5).Betas[0], Is.EqualTo(1e-5));
        Assert.That(new LinearSchedule(steps, last: 0.6).Betas[^1], Is.EqualTo(0.6));
    }

    // The paper's is 0.006 and scaled linear's 0.027, both for 1,000 steps; what the others may be is a choice, of which this is the range.
    [Test]
    public void AnySchedule_OfAnyNumberOfStepsWithoutBetas_EndsInNoise(
        [Values(1, 2, 3, 5, 10, 19, 20, 21, 39, 40, 50, 100, 200, 1000, 4000)] int steps)
    {
        foreach (var schedule in (INoiseSchedule[])[new LinearSchedule(steps), new ScaledLinearSchedule(steps), new SigmoidSchedule(steps)])
            Assert.That(new DiffusionPath(schedule).SignalLeft, Is.InRange(3e-5, 0.07), $"{schedule.GetType().Name} {steps}");
    }

    [Test]
    public void Defaults_OfAThousandSteps_AreThePapersToTheBit()
    {
        var betas = new LinearSchedule(1000).Betas;
        Assert.That(betas, Is.EqualTo(new LinearSchedule(1000, 1e-4, 0.02).Betas));
        Assert.That((betas[0], betas[^1]), Is.EqualTo((1e-4, 0.02)));
    }

    [Test]
    public void ScaledLinear_HasItsEndsAndAStraightRoot()
    {
        var betas = new ScaledLinearSchedule(5, 0.01, 0.09).Betas;
        Assert.That(betas.Select(Math.Sqrt), Is.EqualTo(new[] { 0.1, 0.15, 0.2, 0.25, 0.3 }).Within(1e-15));
    }

    [Test]
    public void Sigmoid_IsHalfwayInTheMiddleAndSymmetric()
    {
        var betas = new SigmoidSchedule(5, 0.1, 0.3).Betas;
        Assert.That(betas[2], Is.EqualTo(0.2).Within(1e-15));
        Assert.That(betas[0] + betas[4], Is.EqualTo(0.4).Within(1e-15));
        Assert.That(betas[4], Is.EqualTo(0.1 + 0.2 / (1 + Math.Exp(-6))).Within(1e-15));
    }

    [Test]
    public void Cosine_AlphaBar_FollowsEquation17UpToTheCap()
    {
        var path = new DiffusionPath(new CosineSchedule());
        static double F(double u) => Math.Pow(Math.Cos((u + 0.008) / 1.008 * Math.PI / 2), 2);
        foreach (var t in new[] { 0, 100, 500, 900, 998 })
            Assert.That(path.AlphaBar(t), Is.EqualTo(F((t + 1) / 1000.0) / F(0)).Within(1e-12));
        Assert.That(path.Beta(999), Is.EqualTo(0.999));
    }

    [Test]
    public void Laplace_SignalAndNoise_AreEqualHalfway()
    {
        // log-SNR = -b sgn(1/2 - u) ln(1 - 2|1/2 - u|) with b = 1/2 is 0 at u = 1/2;
        // as diffusers has it, ᾱ there is √(1/2), and the first f is not quite 1.
        var path = new DiffusionPath(new LaplaceSchedule());
        var first = Math.Sqrt(1000 / 1001.0);       // s = e^{-ln(1e-6)/2}
        Assert.That(path.AlphaBar(499), Is.EqualTo(Math.Sqrt(0.5) / first).Within(1e-6));
    }

    [TestCaseSource(nameof(All))]
    public void ZeroTerminalSnr_OfASchedule_EndsInPureNoise(INoiseSchedule schedule)
    {
        var (inner, path) = (new DiffusionPath(schedule), new DiffusionPath(new ZeroTerminalSnrSchedule(schedule)));
        Assert.That(path.At(999), Is.EqualTo(new DiffusionPoint(999, 0, 1)));
        Assert.That((path.At(999).Rho, path.At(999).Lambda), Is.EqualTo((double.PositiveInfinity, double.NegativeInfinity)));
        Assert.That(path.AlphaBar(0), Is.EqualTo(inner.AlphaBar(0)).Within(1e-15));
        // Lin et al. 2024, algorithm 1: √ᾱ is shifted and scaled, so its differences keep their ratios.
        double Ratio(DiffusionPath of) => (of.At(100).Alpha - of.At(500).Alpha) / (of.At(0).Alpha - of.At(999).Alpha);
        Assert.That(Ratio(path), Is.EqualTo(Ratio(inner)).Within(1e-12));
    }

    [Test]
    public void Tabulated_WithABetaOfOneBeforeTheEnd_IsRefused() =>
        Assert.That(() => new TabulatedSchedule([0.1, 1, 0.2]), Throws.ArgumentException.With.Message.Contains("beta 1 is 1"));

    [TestCaseSource(nameof(All))]
    public void AnySchedule_LosesSignalWithEveryStep(INoiseSchedule schedule)
    {
        Assert.That(schedule.Betas, Has.Count.EqualTo(1000).And.All.InRange(1e-10, 0.999));
        var path = new DiffusionPath(schedule);
        Assert.That(Enumerable.Range(-1, 1001).Select(path.AlphaBar), Is.Ordered.Descending.And.All.InRange(0, 1));
    }

    [Test]
    public void OneStep_IsTheFirstBeta() => Assert.That(new LinearSchedule(1, 0.3, 0.5).Betas, Is.EqualTo(new[] { 0.3 }));

    [TestCase(0.0, 0.02)]
    [TestCase(0.02, 0.01)]
    [TestCase(0.1, 1.0)]
    [TestCase(double.NaN, 0.02)]
    public void Linear_WithBetasOutOfOrder_NamesTheRuleAndTheValues(double first, double last)
    {
        var fault = Assert.Throws<ArgumentException>(() => _ = new LinearSchedule(10, first, last));
        Assert.That(fault.Message, Does.Contain("0 < first <= last < 1").And.Contain($"{first}").And.Contain($"{last}"));
    }

    [TestCase(0)]
    [TestCase(1_000_001)]
    public void AnySchedule_WithStepsOutOfRange_Throws(int steps)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new LinearSchedule(steps));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new CosineSchedule(steps));
    }

    [Test]
    public void Tabulated_WithABetaOutOfRange_NamesIt()
    {
        var fault = Assert.Throws<ArgumentException>(() => _ = new TabulatedSchedule([0.1, 0.2, 1.5]));
        Assert.That(fault.Message, Does.Contain($"beta 2 is {1.5}"));
        Assert.Throws<ArgumentException>(() => _ = new TabulatedSchedule([]));
        Assert.Throws<ArgumentException>(() => _ = new TabulatedSchedule(Enumerable.Repeat(0.1, int.MaxValue)));
    }

    private static readonly Dictionary<string, Func<INoiseSchedule>> Printed = new()
    {
        ["linear 1000, 0.0001 to 0.02"] = () => new LinearSchedule(),
        ["linear 10, 0.1 to 0.2"] = () => new LinearSchedule(10, 0.1, 0.2),
        ["scaled linear 1000, 0.0001 to 0.02"] = () => new ScaledLinearSchedule(),
        ["sigmoid 1000, 0.0001 to 0.02"] = () => new SigmoidSchedule(),
        ["cosine 1000"] = () => new CosineSchedule(),
        ["cosine 10"] = () => new CosineSchedule(10),
        ["laplace 1000"] = () => new LaplaceSchedule(),
        ["betas (0.1, 0.3, 0.2)"] = () => new TabulatedSchedule([0.1, 0.3, 0.2]),
        ["betas (0.5, 0.5, 0.5, 0.5, …, 0.5; 1000 in all)"] = () => new TabulatedSchedule(Enumerable.Repeat(0.5, 1000)),
        ["cosine 1000, rescaled to zero terminal SNR"] = () => new ZeroTerminalSnrSchedule(new CosineSchedule()),
    };

    [Test]
    public void Schedules_AreEqualOnlyWhereKindAndSettingsAre()
    {
        foreach (var (name, make) in Printed)
            foreach (var (other, makeOther) in Printed)
                Assert.That(make().Equals(makeOther()), Is.EqualTo(name == other), $"{name}, {other}");
        Assert.That(new LinearSchedule() == new LinearSchedule(1000, 1e-4, 0.02), "what is not given is what it stands for");
        Assert.That(new LinearSchedule().GetHashCode(), Is.EqualTo(new LinearSchedule(1000, 1e-4, 0.02).GetHashCode()));
    }

    [Test]
    public void ToString_OfASchedule_IsKindAndSettings()
    {
        foreach (var (name, make) in Printed)
            Assert.That(make().ToString(), Is.EqualTo(name));
    }
}
