using Ddpm.Samples;
using Ddpm.Tests.Core.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples;

/// <summary>Every preset on x_0 ~ N(m, s²) with its exact network, over a process that ends at ρ = 157 and one that ends at 20,000.</summary>
public class NamedSamplersTests
{
    private const double M = 0.4, S = 0.3;
    private static readonly string[] Stochastic =
    [
        "ddpm", "euler-ancestral", "edm-stochastic", "dpm2-ancestral", "dpmsolver++-sde", "sa-solver",
        "dpmpp-2m-sde", "dpmpp-3m-sde", "dpmpp-2s-ancestral", "dpmpp-sde",
    ];

    // Their η.
    private static readonly Dictionary<string, double> FirstOrder = new()
    {
        ["ddpm"] = 1, ["ddim"] = 0, ["euler"] = 0, ["euler-karras"] = 0, ["euler-exponential"] = 0, ["euler-ancestral"] = 1,
    };

    private static IEnumerable<string> Names => NamedSamplers.All.Keys;

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
        TestContext.Out.WriteLine($"{name}, {(cosine ? "cosine" : "linear")}: {string.Join(", ", errors.Select(error => error.ToString("F4")))}");
        Assert.That(errors, Is.Ordered.Descending);
        Assert.That(errors[^1], Is.LessThan(FirstOrder.ContainsKey(name) ? 0.06 : 0.035));        // of 0.3
    }

    [Test]
    public void Run_OfFiftySteps_HasTheMoments([ValueSource(nameof(Names))] string name, [Values] bool cosine)
    {
        using var scope = NewDisposeScope();
        var (x, _) = Run(name, 50, cosine, new SeededNoise(5).Draw([1, 1, 100, 100]).to(ScalarType.Float64));
        var (mean, deviation) = (x.mean().item<double>(), x.std().item<double>());
        var expected = FirstOrder.TryGetValue(name, out var eta) ? DeviationOf(name, 50, cosine, eta) : S;
        TestContext.Out.WriteLine(
            $"{name}, {(cosine ? "cosine" : "linear")}: mean {mean:F4}, deviation {deviation:F4}, {deviation / expected - 1:P1} from {expected:F4}");
        // 10,000 draws: standard errors of 0.003, and of 0.7% of the deviation; four of each. To the deviation of the higher orders comes what their own
        // steps leave, measured within 3.2%.
        Assert.That(mean, Is.EqualTo(M).Within(0.012));
        Assert.That(deviation / expected, Is.EqualTo(1).Within(FirstOrder.ContainsKey(name) ? 0.028 : 0.06));
    }

    // What n steps of first order make of the deviation of y = x/α: y' = f y + … with f = 1 + (ρ↓ - ρ)/ρ (1 - D'), D' = s²/(s² + ρ²), and noise up with
    // η = 1 (DDIM, equations 12 and 16, divided by α; DDPM and Euler ancestral are the same but for their grids).
    private static double DeviationOf(string name, int steps, bool cosine, double eta)
    {
        var path = PathOf(cosine);
        var grid = ((GridSampler)NamedSamplers.All[name](steps)).Spacing.Select(path).Append(DiffusionPoint.Data).ToArray();
        var variance = 1 / grid[0].AlphaBar;
        foreach (var (from, to) in grid.Zip(grid.Skip(1)))
        {
            var (ρ, next) = (from.Rho, to.Rho);
            var up = eta * Math.Sqrt(next * next * (ρ * ρ - next * next)) / ρ;
            var factor = 1 + (Math.Sqrt(next * next - up * up) - ρ) / ρ * (1 - S * S / (S * S + ρ * ρ));
            variance = factor * factor * variance + up * up;
        }
        return Math.Sqrt(variance);
    }

    private static DiffusionPath PathOf(bool cosine) => new(cosine ? new CosineSchedule(1000) : new LinearSchedule());

    private static (Tensor X, DiffusionPoint At) Run(string name, int steps, bool cosine, Tensor z)
    {
        var path = PathOf(cosine);
        var denoiser = EverySampler.OfX0(PredictionType.Epsilon, (x, at) => M + (x - at.Alpha * M) * (at.Alpha * S * S / Variance(at)));
        var predictor = new Predictor(denoiser, path, EverySampler.Options());
        (Tensor X, DiffusionPoint At) end = default;
        foreach (var frame in NamedSamplers.All[name](steps).Run(predictor, SamplingStart.FromNoise(z), new SeededNoise(1)))
            using (frame)
                if (frame.IsLast)
                    end = (frame.X.alias(), frame.At);
        return end;
    }

    private static double Variance(DiffusionPoint at) => at.AlphaBar * S * S + at.Sigma * at.Sigma;
}
