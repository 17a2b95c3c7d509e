using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Every preset on x_0 ~ N(m, s²) with its exact network, over a process that ends at ρ = 157 and one that ends at 20,000.</summary>
public class NamedSamplersTests
{
    private const double M = 0.4, S = 0.3;
    private static readonly string[] Stochastic =
    [
        "ddpm", "euler-ancestral", "edm-stochastic", "dpm2-ancestral", "dpmsolver++-sde", "sa-solver",
        "dpmpp-2m-sde", "dpmpp-3m-sde", "dpmpp-2s-ancestral", "dpmpp-sde",
    ];

    // Of first order, or further from the truth than others: what a step from ρ to ρ' makes of y = x/α.
    private static readonly Dictionary<string, Func<double, double, (double Factor, double Noise)>> FirstOrder = new()
    {
        ["ddpm"] = Ancestral, ["ddim"] = Euler, ["euler"] = Euler, ["euler-karras"] = Euler, ["euler-exponential"] = Euler,
        ["euler-ancestral"] = Ancestral, ["dpm2-ancestral"] = Midpoint, ["dpmpp-sde"] = TwoStages,
    };

    private static IEnumerable<string> Names => NamedSamplers.Names;

    private static IEnumerable<string> Deterministic => Names.Except(Stochastic);

    // The probability flow keeps (x - α m)/√(α² s² + σ²), so that start noise z ends as m + s z at the data, and accordingly at step 0.
    [Test]
    public void Run_WithMoreSteps_ComesNearerToTheFlow([ValueSource(nameof(Deterministic))] string name, [Values] bool cosine)
    {
        using var scope = NewDisposeScope();
        var z = linspace(-2, 2, 9, ScalarType.Float64).view(1, 1, 1, 9);
        var errors = Array.ConvertAll([5, 10, 20, 50], steps =>
        {
            var (x, at) = Run(name, steps, cosine, z);
            return Expect.Difference(x, at.Alpha * M + Math.Sqrt(Variance(at)) * z);
        });
        TestContext.Out.WriteLine($"{name}, {(cosine ? "cosine" : "linear")}: {string.Join(", ", errors.Select(error => $"{error:F4}"))}");
        Assert.That(errors, Is.Ordered.Descending);
        Assert.That(errors[^1], Is.LessThan(FirstOrder.ContainsKey(name) ? 0.06 : 0.036));        // of 0.3, measured
    }

    [Test]
    public void Run_OfFiftySteps_HasTheMoments([ValueSource(nameof(Names))] string name, [Values] bool cosine)
    {
        using var scope = NewDisposeScope();
        var z = new SeededNoise(5).Draw([1, 1, 100, 100]).to(ScalarType.Float64);
        var (x, _) = Run(name, 50, cosine, z);
        var (mean, deviation) = (x.mean().item<double>(), x.std().item<double>());
        var isFirst = FirstOrder.TryGetValue(name, out var formula);
        var expected = isFirst ? DeviationOf(name, 50, cosine, formula!) : S * (Stochastic.Contains(name) ? 1 : z.std().item<double>());
        TestContext.Out.WriteLine(
            $"{name}, {(cosine ? "cosine" : "linear")}: mean {mean:F4}, deviation {deviation:F4}, {deviation / expected - 1:P1} from {expected:F4}");
        // 10,000 draws: standard errors of 0.003, and of 0.7% of the deviation; four of each. Samplers of higher order are held to the truth: their
        // steps leave up to 5.8% of it, measured, those of the singlestep solvers on the linear schedule.
        Assert.That(mean, Is.EqualTo(M).Within(0.012));
        Assert.That(deviation / expected, Is.EqualTo(1).Within(isFirst ? 0.028 : 0.06));
    }

    [Test]
    public void Create_OfNoNumber_TakesTheConstructors([ValueSource(nameof(Names))] string name)
    {
        var made = NamedSamplers.Create(name);
        var constructor = made.GetType().GetConstructors().Single();
        var usual = (GridSampler)constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]);
        Assert.That(made.Spacing.Count, Is.EqualTo(usual.Spacing.Count));
        Assert.That(NamedSamplers.Create(name, 7).Spacing.Count, Is.EqualTo(7));
    }

    [Test]
    public void Create_OfAnUnknownName_ListsTheNames() => Assert.That(() => NamedSamplers.Create("Euler"),
        Throws.ArgumentException.With.Message.Contains("'Euler'").And.Message.Contains("euler-ancestral, heun"));

    private static double DeviationOf(string name, int steps, bool cosine, Func<double, double, (double Factor, double Noise)> formula)
    {
        var path = PathOf(cosine);
        var grid = NamedSamplers.Create(name, steps).Spacing.Select(path).Append(DiffusionPoint.Data).ToArray();
        var variance = 1 / grid[0].AlphaBar;
        foreach (var (from, to) in grid.Zip(grid.Skip(1)))
        {
            var (factor, noise) = formula(from.Rho, to.Rho);
            variance = factor * factor * variance + noise * noise;
        }
        return Math.Sqrt(variance);
    }

    // How much of y - m the exact network leaves at ρ.
    private static double Own(double ρ) => S * S / (S * S + ρ * ρ);

    // DDIM, equation 12, divided by α at both ends, is Karras et al. 2022, algorithm 1 without its correction.
    private static (double, double) Euler(double from, double to) => (1 + (to - from) / from * (1 - Own(from)), 0);

    // Noise up and so much further down before (DDIM, equation 16 with η = 1): DDPM's posterior and Euler ancestral differ in their grids only.
    private static (double, double) Ancestral(double from, double to)
    {
        var (down, up) = Split(from, to);
        return (Euler(from, down).Item1, up);
    }

    // Karras et al. 2022, algorithm 1 with the slope at the geometric mean, as k-diffusion's dpm2_ancestral; the last step is Euler's.
    private static (double, double) Midpoint(double from, double to)
    {
        if (to == 0)
            return Euler(from, to);
        var (down, up) = Split(from, to);
        var middle = Math.Sqrt(from * down);
        return (1 + (down - from) / middle * (1 - Own(middle)) * Euler(from, middle).Item1, up);
    }

    // k-diffusion's dpmpp_sde, r = 1/2.
    private static (double, double) TwoStages(double from, double to)
    {
        if (to == 0)
            return (Own(from), 0);
        var middle = Math.Sqrt(from * to);
        var ((low, first), (down, second)) = (Split(from, middle), Split(from, to));
        var half = low / from + (1 - low / from) * Own(from);
        var ofMiddle = (1 - down / from) * Own(middle);
        return (down / from + ofMiddle * half, Math.Sqrt(ofMiddle * first * ofMiddle * first + second * second));
    }

    private static (double Down, double Up) Split(double from, double to)
    {
        var up = to * Math.Sqrt(from * from - to * to) / from;
        return (Math.Sqrt(to * to - up * up), up);
    }

    private static DiffusionPath PathOf(bool cosine) => new(cosine ? new CosineSchedule(1000) : new LinearSchedule());

    private static (Tensor X, DiffusionPoint At) Run(string name, int steps, bool cosine, Tensor z)
    {
        var path = PathOf(cosine);
        var denoiser = EverySampler.OfX0(PredictionType.Epsilon, (x, at) => M + (x - at.Alpha * M) * (at.Alpha * S * S / Variance(at)));
        var predictor = new Predictor(denoiser, path, EverySampler.Options());
        (Tensor X, DiffusionPoint At) end = default;
        foreach (var frame in NamedSamplers.Create(name, steps).Run(predictor, SamplingStart.FromNoise(z), new SeededNoise(1)))
            using (frame)
                if (frame.IsLast)
                    end = (frame.X.alias(), frame.At);
        return end;
    }

    private static double Variance(DiffusionPoint at) => at.AlphaBar * S * S + at.Sigma * at.Sigma;
}
