using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Trajectories that k-diffusion's samplers made, in double, with the exact denoiser of a mixture; and the DDIM authors' own.</summary>
public class ContinuousRecordingsTests
{
    private const string Folder = "continuous/";
    private static readonly JsonElement Index = JsonDocument.Parse(File.ReadAllText(Shared.Golden(Folder + "continuous.json"))).RootElement;
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static IEnumerable<string> Samplers =>
        Index.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Object).Select(entry => entry.Name);

    private static readonly JsonElement More = JsonDocument.Parse(File.ReadAllText(Shared.Golden(Folder + "more.json"))).RootElement;

    private static IEnumerable<string> OtherSettings => More.EnumerateObject().Select(entry => entry.Name);

    private static IEnumerable<string> Lists =>
        Index.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Array).Select(entry => entry.Name);

    private static Tensor Read(string name)
    {
        using var file = SafetensorsFile.Open(Shared.Golden(Folder + "continuous.safetensors"));
        return file.Read(name);
    }

    [TestCase("karras")]
    [TestCase("exponential")]
    [TestCase("polyexponential")]
    [TestCase("vp")]
    public void Levels_OfAGrid_AreTheRecorded(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Read("sigmas." + name).data<double>().ToArray();
        var n = expected.Length - 1;
        var spacing = name switch
        {
            "karras" => TimestepSpacing.Karras(n, 80, 0.01),
            "exponential" => TimestepSpacing.Exponential(n, 80, 0.01),
            "polyexponential" => TimestepSpacing.Polyexponential(n, 80, 0.01, 2),
            _ => TimestepSpacing.Vp(n),
        };
        var levels = spacing.Select(Path).Select(point => point.Rho).ToArray();
        for (var i = 0; i < n; i++)
            // Recorded in float32, through exp and powers; vp's e^y - 1 loses 6e-8 of ρ², which is 3e-6 of ρ at its smallest, 0.01.
            Assert.That(levels[i], Is.EqualTo(expected[i]).Within(1e-6 * expected[i] + (name == "vp" ? 4e-6 : 0)));
    }

    [TestCaseSource(nameof(Samplers))]
    public void Run_OfAKDiffusionSampler_IsItsTrajectory(string name)
    {
        using var scope = NewDisposeScope();
        var levels = Read("sigmas." + Index.GetProperty(name).GetProperty("grid").GetString()).data<double>().ToArray()[..^1];
        var states = Trajectory(Make(name, Index.GetProperty(name).GetProperty("arguments")), levels);
        Expect.RelativelyClose(stack(states), Read(name), 1e-13);       // double against double, by other formulas
        states.ForEach(state => state.Dispose());
    }

    // Levels, churn, η and forms drawn at random, the last state by an implementation in NumPy that reproduces the recordings.
    [TestCaseSource(nameof(OtherSettings))]
    public void Run_WithOtherSettings_EndsWhereItShould(string name)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Shared.Golden(Folder + "more.safetensors"));
        var setting = More.GetProperty(name);
        double[] levels = [.. setting.GetProperty("levels").EnumerateArray().Select(level => level.GetDouble())];
        var states = Trajectory(Make(name, setting.GetProperty("arguments")), levels);
        Expect.RelativelyClose(states[^1], file.Read(name), 1e-10);     // up to 40 steps, in which third differences lose some digits
        states.ForEach(state => state.Dispose());
    }

    private static GridSampler Make(string name, JsonElement arguments)
    {
        var churn = arguments.TryGetProperty("s_churn", out var amount) ? new Churn
        {
            Amount = amount.GetDouble(),
            LowestRho = arguments.GetProperty("s_tmin").GetDouble(),
            HighestRho = arguments.GetProperty("s_tmax").GetDouble(),
            Noise = arguments.GetProperty("s_noise").GetDouble(),
        } : null;
        var eta = arguments.TryGetProperty("eta", out var given) ? given.GetDouble() : 1;
        var heun = arguments.TryGetProperty("solver_type", out var solver) && solver.GetString() == "heun";
        return name.Split('-')[0] switch
        {
            "euler" => new EulerSampler { Churn = churn },
            "heun" => new HeunSampler { Churn = churn },
            "dpm_2" => new Dpm2Sampler { Churn = churn },
            "lms" => new LmsSampler(),
            "dpmpp_2m" => new DpmSolver(),
            "euler_ancestral" => new EulerSampler { Eta = eta },
            "dpm_2_ancestral" => new Dpm2Sampler { Eta = eta },
            "dpmpp_2s_ancestral" => new DpmSolver2S { Eta = eta },
            "dpmpp_sde" => new DpmSolverSde { Eta = eta },
            "dpmpp_2m_sde" => new DpmSolver { Eta = eta, Solver = heun ? DpmSolverType.Heun : DpmSolverType.Midpoint },
            _ => new DpmSolver { Eta = eta, Order = 3, Solver = DpmSolverType.Heun, LowerOrderFinal = false },
        };
    }

    // x as each step first shows it, then the result.
    private static List<Tensor> Trajectory(GridSampler sampler, double[] levels)
    {
        // a = 0.6, s = 0.3:  D(x, σ) = s²/(s²+σ²) x + σ²/(s²+σ²) a tanh(a x/(s²+σ²)).
        var (isFirst, states) = (true, new List<Tensor>());
        var denoiser = new FormulaDenoiser((x, σ) =>
        {
            if (isFirst)
                states.Add(x.clone().DetachFromDisposeScope());
            var v = 0.09 + σ * σ;
            return 0.09 / v * x + σ * σ / v * 0.6 * (0.6 * x / v).tanh();
        });
        var options = new PredictorOptions { Type = PredictionType.X0, Clip = null, Input = NetworkInput.Rho };
        var start = CosineNoise.Draw(0, 2, 3, 4, 4).to(ScalarType.Float64) * (levels[0] * Path.AtRho(levels[0]).Alpha);
        var visiting = sampler with { Spacing = TimestepSpacing.Levels(levels) };
        foreach (var frame in visiting.Run(new Predictor(denoiser, Path, options), SamplingStart.FromNoise(start), CosineNoise.From(1)))
        {
            isFirst = !frame.IsInner;
            if (frame.IsLast)
                states.Add(frame.X);
        }
        return states;
    }

    [TestCaseSource(nameof(Lists))]
    public void Steps_OfTheDdimAuthors_AreTheirs(string name)
    {
        var count = int.Parse(name.Split('-')[1]);
        var spacing = name.StartsWith("quadratic") ? TimestepSpacing.Quadratic(count) : TimestepSpacing.Uniform(count);
        var expected = Index.GetProperty(name).EnumerateArray().Select(t => t.GetDouble());
        // Where the authors visit a step twice, the second visit does nothing: we visit it once.
        Assert.That(spacing.Select(Path).Select(point => point.T), Is.EqualTo(expected.Distinct().Reverse()));
    }

    [TestCase("quadratic", 0)]
    [TestCase("quadratic", 0.3)]
    [TestCase("quadratic", 1)]
    [TestCase("uniform", 0)]
    [TestCase("uniform", 0.3)]
    [TestCase("uniform", 1)]
    public void Run_OfDdim_IsTheAuthorsTrajectory(string spacing, double eta)
    {
        using var scope = NewDisposeScope();
        var expected = Read(FormattableString.Invariant($"ddim-authors-{spacing}-eta{eta:0.0}"));
        var sampler = new DdimSampler { Eta = eta, Spacing = Spacing(spacing) };
        Expect.RelativelyClose(Trajectory(sampler, clip: null), expected, 1e-5);        // float32, a dozen steps
    }

    [Test]
    public void Run_OfDdpm_IsTheDdimAuthorsTrajectory()
    {
        using var scope = NewDisposeScope();
        Expect.RelativelyClose(
            Trajectory(new AncestralSampler(AncestralVariance.FixedLarge, Spacing("uniform")), clip: 1), Read("ddpm-authors-uniform"), 1e-5);
    }

    private static TimestepSpacing Spacing(string name)
    {
        using var sigmas = Read("sigmas.karras");
        var count = (int)sigmas.shape[0] - 1;
        return name == "quadratic" ? TimestepSpacing.Quadratic(count) : TimestepSpacing.Uniform(count);
    }

    private static Tensor Trajectory(GridSampler sampler, double? clip)
    {
        var start = CosineNoise.Draw(0, 2, 3, 4, 4);
        var predictor = new Predictor(new FormulaDenoiser((x, t) => 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x), Path, new() { Clip = clip });
        return stack([start, .. sampler.Run(predictor, SamplingStart.FromNoise(start), CosineNoise.From(1)).Select(frame => frame.X)]);
    }
}
