using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>
/// Samplers of first order at 50 steps, where their steps' own error is far above that of 200,000 draws: on a Gaussian every step is linear, so
/// what it makes of mean and variance follows from its published formula.
/// </summary>
public class GaussianMomentsTests
{
    private const double Mean = 0.4, Variance = 0.25, Churn = 5;
    private const int Steps = 50;

    private static readonly DiffusionPath Path = new(new LinearSchedule());

    // y = x/α, y' = f y + (1 - f) mean + deviation z. D(y; ρ) = mean + own(ρ) (y - mean) is what the exact network says.
    private readonly record struct Linear(double Factor, double Noise = 0);

    private static readonly Dictionary<string, Func<DiffusionPoint, DiffusionPoint, int, Linear>> Formulas = new()
    {
        ["ddim"] = (from, to, _) => Ddim(from, to, 0),
        ["ddim eta 1"] = (from, to, _) => Ddim(from, to, 1),
        ["ddpm small"] = (from, to, _) => Ddpm(from, to),
        ["dpm-solver++ 1"] = (from, to, _) => DpmSolver(from, to),
        ["euler"] = (from, to, _) => new(Euler(from.Rho, to.Rho)),
        ["euler churn"] = (from, to, steps) => EulerWithChurn(from.Rho, to.Rho, steps),
        ["euler ancestral"] = (from, to, _) => EulerAncestral(from.Rho, to.Rho),
        ["dpm-solver sde"] = (from, to, _) => DpmSolverSde(from.Rho, to.Rho),
    };

    /// <summary>The samplers whose steps' own error is far above that of 20,000 draws.</summary>
    internal static IEnumerable<string> OfFirstOrder => Formulas.Keys;

    private static readonly Dictionary<string, string> ByDocument = new()
    {
        ["DDIM"] = "ddim", ["DPM-Solver++ 1"] = "dpm-solver++ 1", ["Euler"] = "euler", ["Euler with churn 5"] = "euler churn",
        ["DDPM small"] = "ddpm small", ["DDIM η = 1"] = "ddim eta 1", ["Euler ancestral"] = "euler ancestral", ["DPM++ SDE"] = "dpm-solver sde",
    };

    /// <summary>From the sampler to the variance by its formula and the one that was found, as docs/samplers.md has them.</summary>
    private static Dictionary<string, (double Formula, double Found)> Documented() =>
        DocumentedTable.Rows("docs/samplers.md", "sampler, 50 steps of its default spacing", "variance by its formula", "by 200,000 samples")
            .SelectMany(row => row[0].Split(", ").Zip(row[2].Split(", "), (name, found) =>
                (Name: ByDocument[name], Numbers: (DocumentedTable.Number(row[1]), DocumentedTable.Number(found)))))
            .ToDictionary(row => row.Name, row => row.Numbers);

    [Test]
    public void Documented_AreAllSamplers() => Assert.That(Documented().Keys, Is.EquivalentTo(OfFirstOrder));

    [TestCaseSource(nameof(OfFirstOrder))]
    public void FiftySteps_GiveTheMomentsOfTheirFormula(string name)
    {
        var (variance, found) = Compare(EverySampler.Make(name, Steps), name, Path, EverySampler.Options().Parameterization, 200_000);
        // Four digits, rounded; the seed is that of the document, so that only float32's rounding elsewhere could differ: one more of the last digit.
        var documented = Documented()[name];
        Assert.That(variance, Is.EqualTo(documented.Formula).Within(0.6e-4));
        Assert.That(found, Is.EqualTo(documented.Found).Within(1.5e-4));
    }

    [TestCaseSource(nameof(OfFirstOrder))]
    public void FiftySteps_OfEdm_GiveTheMomentsOfTheirFormula(string name) =>
        Compare(EverySampler.Make(name, Steps), name, new(new EdmSchedule()), Parameterization.Edm(), 20_000);

    // The formulas are in x/α, so that the levels begin just below pure noise.
    [TestCaseSource(nameof(OfFirstOrder))]
    public void FiftySteps_OfFlowMatching_GiveTheMomentsOfTheirFormula(string name)
    {
        double[] times = [.. Enumerable.Range(0, Steps).Select(i => 0.99 * (1 - (double)i / Steps))];
        var levels = TimestepSpacing.Levels(Array.ConvertAll(times, τ => τ / (1 - τ)));
        Compare(EverySampler.Make(name, Steps) with { Spacing = levels }, name, new(new FlowMatchingSchedule()), Parameterization.Flow(), 20_000);
    }

    private static (double Variance, double Found) Compare(
        GridSampler sampler, string name, DiffusionPath path, Parameterization parameterization, int count)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        DiffusionPoint[] grid = [.. sampler.Spacing.Select(path), DiffusionPoint.Data];
        var (away, variance) = (-Mean, 1 / grid[0].AlphaBar);       // of y at the start: pure noise for x
        foreach (var (from, to) in grid.Zip(grid.Skip(1)))
        {
            var (factor, noise) = Formulas[name](from, to, Steps);
            (away, variance) = (factor * away, factor * factor * variance + noise * noise);
        }

        var denoiser = EverySampler.OfX0(parameterization, (x, at) => at.Sigma == 0 ? x.alias() : Mean + Own(at.Rho) * (x / at.Alpha - Mean));
        var draws = new GeneratorNoise(generator);
        var start = SamplingStart.FromNoise(draws.Draw([count, 1, 1, 1]));
        var x = EverySampler.Run(sampler, denoiser, path, start, EverySampler.Options(parameterization), draws).to(ScalarType.Float64);

        var (mean, found) = (x.mean().item<double>(), x.var().item<double>());
        TestContext.Out.WriteLine(
            $"{name}: mean {mean:F4} for {Mean + away:F4}, variance {found:F4} for {variance:F4} ({variance / Variance - 1:P1} from the target's)");
        // Four standard errors.
        Assert.That(mean, Is.EqualTo(Mean + away).Within(4 * Math.Sqrt(variance / count)));
        Assert.That(found / variance, Is.EqualTo(1).Within(4 * Math.Sqrt(2.0 / count)));
        return (variance, found);
    }

    private static double Own(double rho) => Variance / (Variance + rho * rho);

    // Song et al. 2021, DDIM, equations 12 and 16, in x; divided by α at both ends.
    private static Linear Ddim(DiffusionPoint from, DiffusionPoint to, double eta)
    {
        var (a, next) = (from.AlphaBar, to.AlphaBar);
        var noise = eta * Math.Sqrt((1 - next) / (1 - a) * (1 - a / next));
        var direction = Math.Sqrt(1 - next - noise * noise);
        var epsilon = Math.Sqrt(a) * (1 - Own(from.Rho)) / Math.Sqrt(1 - a);            // of y
        return new(Own(from.Rho) + direction * epsilon / Math.Sqrt(next), noise / Math.Sqrt(next));
    }

    // Ho et al. 2020, equation 7.
    private static Linear Ddpm(DiffusionPoint from, DiffusionPoint to)
    {
        var (a, next) = (from.AlphaBar, to.AlphaBar);
        var alpha = a / next;
        var ofX0 = Math.Sqrt(next) * (1 - alpha) / (1 - a);
        var ofX = Math.Sqrt(alpha) * (1 - next) / (1 - a);
        var posterior = (1 - next) / (1 - a) * (1 - alpha);
        return new((ofX0 * Own(from.Rho) + ofX * Math.Sqrt(a)) / Math.Sqrt(next), Math.Sqrt(posterior / next));
    }

    // Lu et al. 2022, DPM-Solver++, equation 9 of first order: x' = σ'/σ x - α' (e^-h - 1) x_0, h = λ' - λ.
    private static Linear DpmSolver(DiffusionPoint from, DiffusionPoint to)
    {
        var h = Math.Log(from.Rho) - Math.Log(to.Rho);
        return new(to.Rho / from.Rho - (Math.Exp(-h) - 1) * Own(from.Rho));
    }

    // Karras et al. 2022, algorithm 1 without its correction: y' = y + (ρ' - ρ) (y - D)/ρ.
    private static double Euler(double from, double to) => 1 + (to - from) / from * (1 - Own(from));

    // Karras et al. 2022, algorithm 2 without its correction.
    private static Linear EulerWithChurn(double from, double to, int steps)
    {
        var hat = from * (1 + Math.Min(Churn / steps, Math.Sqrt(2) - 1));
        var factor = Euler(hat, to);
        return new(factor, factor * Math.Sqrt(hat * hat - from * from));
    }

    // k-diffusion's split of a step into a way down and noise up.
    private static (double Down, double Up) Split(double from, double to)
    {
        var up = Math.Sqrt(to * to * (from * from - to * to) / (from * from));
        return (Math.Sqrt(to * to - up * up), up);
    }

    private static Linear EulerAncestral(double from, double to)
    {
        var (down, up) = Split(from, to);
        return new(Euler(from, down), up);
    }

    // k-diffusion's dpmpp_sde, r = 1/2: two stages, each with its noise.
    private static Linear DpmSolverSde(double from, double to)
    {
        if (to == 0)
            return new(Own(from));
        var middle = Math.Sqrt(from * to);
        var (low, first) = Split(from, middle);
        var (down, second) = Split(from, to);
        var half = low / from + (1 - low / from) * Own(from);
        var ofMiddle = (1 - down / from) * Own(middle);
        return new(down / from + ofMiddle * half, Math.Sqrt(ofMiddle * first * ofMiddle * first + second * second));
    }
}
