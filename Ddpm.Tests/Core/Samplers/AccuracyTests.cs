using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>How near samplers come to what exact networks imply: the order of convergence, and the moments of a mixture.</summary>
public class AccuracyTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static IEnumerable<string> Names => EverySampler.Names;

    // Those of first order take eight times the steps: one of them, which is deterministic, is enough each time.
    private static IEnumerable<TestCaseData> OnAMixture => Names.Select(name =>
        GaussianMomentsTests.OfFirstOrder.Contains(name) && name != "ddim"
            ? new TestCaseData(name).SetCategory("Slow") : new TestCaseData(name));

    // The probability flow of x_0 ~ N(0, s²) keeps x in units of its deviation √(α² s² + σ²); so the exact end is known.
    [TestCase("ddim", 1)]
    [TestCase("euler", 1)]
    [TestCase("dpm-solver++ 1", 1)]
    [TestCase("dpm-solver++ 2", 2)]
    [TestCase("dpm-solver++ 2 heun", 2)]
    [TestCase("dpm-solver 2", 2)]
    [TestCase("singlestep 2", 2)]
    [TestCase("singlestep 3", 3)]
    [TestCase("heun", 2)]
    [TestCase("dpm2", 2)]
    [TestCase("deis 2", 2)]
    [TestCase("deis 3", 3)]
    [TestCase("unipc bh1", 3)]
    [TestCase("unipc 2", 3)]
    [TestCase("unipc 3", 4)]
    [TestCase("unipc by noise", 3)]
    [TestCase("pndm", 2)]
    [TestCase("plms", 2)]
    [TestCase("ipndm", 2)]
    [TestCase("lms", 4)]
    public void Run_WithTwiceTheSteps_LosesErrorByItsOrder(string name, int order)
    {
        var measured = MeasuredOrder(name);
        Assert.That(measured, Is.GreaterThan(order - 0.35));     // the next power of the step's size is not yet nothing
    }

    private static readonly Dictionary<string, string> ByDocument = new()
    {
        ["DDIM"] = "ddim", ["Euler"] = "euler", ["DPM-Solver++ 1"] = "dpm-solver++ 1", ["DPM-Solver++ 2"] = "dpm-solver++ 2",
        ["DPM-Solver 2"] = "dpm-solver 2", ["singlestep 2"] = "singlestep 2", ["singlestep 3"] = "singlestep 3", ["Heun"] = "heun", ["DPM2"] = "dpm2",
        ["PNDM"] = "pndm", ["PLMS"] = "plms", ["iPNDM"] = "ipndm", ["DEIS 2"] = "deis 2", ["DEIS 3"] = "deis 3",
        ["UniPC 2 (corrected)"] = "unipc 2", ["UniPC 3 (corrected)"] = "unipc 3", ["LMS 4"] = "lms",
    };

    private static IEnumerable<TestCaseData> Documented =>
        from row in DocumentedTable.Rows("docs/samplers.md", "sampler", "order", "sampler", "order")
        from pair in new[] { (Names: row[0], Order: row[1]), (Names: row[2], Order: row[3]) }
        where pair.Names.Length > 0
        from name in pair.Names.Split(", ")
        select new TestCaseData(name, pair.Order);

    // A number of the table is rounded, and one row gives the order of up to three samplers: half of the last digit, and 0.03 between them.
    [TestCaseSource(nameof(Documented))]
    public void MeasuredOrder_IsTheDocuments(string name, string order) =>
        Assert.That(MeasuredOrder(ByDocument[name]), Is.EqualTo(DocumentedTable.Number(order)).Within(order.Length == 4 ? 0.035 : 0.08));

    [Test]
    public void Documented_AreAllSamplers() =>
        Assert.That(Documented.Select(row => (string)row.Arguments[0]!), Is.EquivalentTo(ByDocument.Keys));

    // One of each kind of step. EDM's ladder ends at 80, where the first steps matter a little more than at 150.
    [Test]
    public void Run_OnEdmsOrFlowMatchingsProcess_LosesErrorByItsOrder(
        [Values("ddim 1", "dpm-solver++ 2 2", "singlestep 3 3", "heun 2", "heun in flow time 2", "deis 3 3", "unipc 3 4", "plms 2", "lms 4")]
        string row,
        [Values] bool flow)
    {
        var (name, order) = (row[..^2], row[^1] - '0');
        var measured = flow
            ? MeasuredOrder(name, new(new FlowMatchingSchedule()), Parameterization.Flow())
            : MeasuredOrder(name, new(new EdmSchedule()), Parameterization.Edm(0.4));
        Assert.That(measured, Is.GreaterThan(order - 0.35));
    }

    private static double MeasuredOrder(string name) => MeasuredOrder(name, Path, EverySampler.Options().Parameterization);

    private static double MeasuredOrder(string name, DiffusionPath path, Parameterization parameterization)
    {
        using var scope = NewDisposeScope();
        const double s = 0.5;
        var highest = Math.Min(150, path.HighestRho);       // so high that the first steps, whose order is lower, hardly matter
        var lowest = path.LowestRho;
        double Error(int steps)
        {
            var levels = Enumerable.Range(0, steps).Select(j => highest * Math.Pow(lowest / highest, (double)j / steps)).ToArray();
            var sampler = EverySampler.Make(name, steps) with { Spacing = TimestepSpacing.Levels(levels), End = SamplingEnd.FirstStep };
            if (sampler is LambdaSampler lambda)
                sampler = lambda with { LowerOrderFinal = false };
            var (begin, end) = (path.AtRho(highest), path.At(0));
            var start = linspace(-2, 2, 5, ScalarType.Float64).view(1, 1, 1, 5);
            var denoiser = EverySampler.OfX0(parameterization, (x, at) => x * (at.Alpha * s * s / Variance(at)));
            var exact = start * Math.Sqrt(Variance(end) / Variance(begin));
            var result = EverySampler.Run(sampler, denoiser, path, SamplingStart.FromNoise(start), EverySampler.Options(parameterization));
            return Expect.Difference(result, exact);
        }
        static double Variance(DiffusionPoint at) => at.AlphaBar * s * s + at.Sigma * at.Sigma;

        var (coarse, fine) = (Error(96), Error(192));
        var measured = Math.Log2(coarse / fine);
        TestContext.Out.WriteLine($"{name}: error {fine:E1} at 192 steps, order {measured:F2}");
        return measured;
    }

    // Two Gaussians in the plane, weights 0.3 and 0.7, deviation 0.2: 20,000 draws.
    [TestCaseSource(nameof(OnAMixture))]
    public void Run_OnAMixture_HasItsMoments(string name)
    {
        var steps = GaussianMomentsTests.OfFirstOrder.Contains(name) ? 400 : 50;
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        const int count = 20_000;
        const double s = 0.2;
        var weights = tensor(new[] { 0.3f, 0.7f });
        var centres = tensor(new[,] { { -0.6f, 0.3f }, { 0.5f, -0.2f } });
        var denoiser = EverySampler.OfX0(PredictionType.X0, (x, at) =>
        {
            var variance = at.AlphaBar * s * s + at.Sigma * at.Sigma;
            var away = x.view(-1, 1, 2) - at.Alpha * centres;
            var share = nn.functional.softmax(weights.log() - away.square().sum(-1) / (2 * variance), 1).unsqueeze(-1);
            return (share * (centres + at.Alpha * s * s / variance * away)).sum(1).view(-1, 1, 1, 2);
        });
        var noise = new GeneratorNoise(generator);
        var points = EverySampler.Run(
            EverySampler.Make(name, steps), denoiser, Path, SamplingStart.FromNoise(noise.Draw([count, 1, 1, 2])),
            EverySampler.Options(PredictionType.X0), noise).view(-1, 2);

        var mean = (weights.unsqueeze(1) * centres).sum([0]);
        var spread = centres - mean;
        var covariance = s * s * eye(2) + (weights.unsqueeze(1) * spread).T.mm(spread);
        var found = points - points.mean([0]);
        var foundCovariance = found.T.mm(found) / count;
        var meanError = Expect.Difference(points.mean([0]), mean);
        var covarianceError = Expect.Difference(foundCovariance, covariance) / covariance.abs().max().item<float>();
        TestContext.Out.WriteLine($"{name}: mean {meanError:F4}, covariance {covarianceError:F4}");
        // Standard errors: 0.54/√20000 = 0.0038 of the mean, about √(2/20000) = 0.01 of the covariance. The eight of first order are 8% to 13% off in
        // 50 steps by the steps' own error (docs/samplers.md): GaussianMomentsTests has what 50 of their steps should make.
        Assert.That(meanError, Is.LessThan(4 * 0.0038));
        Assert.That(covarianceError, Is.LessThan(4 * 0.01));
    }
}
