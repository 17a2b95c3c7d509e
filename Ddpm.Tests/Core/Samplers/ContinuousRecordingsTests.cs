using System.Globalization;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Trajectories that k-diffusion's samplers made, in double, with the exact denoiser of a mixture; and the DDIM authors' own.</summary>
public class ContinuousRecordingsTests
{
    private const string IndexFile = "continuous/continuous.json", Tensors = "continuous/continuous.safetensors";
    private const string MoreFile = "continuous/more.json", MoreTensors = "continuous/more.safetensors";
    private const string Grids = "sigmas.", Authors = "ddim-authors-", AuthorsDdpm = "ddpm-authors-";
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static JsonElement Index => Recordings.Index(IndexFile);

    private static JsonElement More => Recordings.Index(MoreFile);

    private static IEnumerable<TestCaseData> GridNames => Recordings.Cases(Tensors, () => Recordings.Names(Tensors, Grids));

    private static IEnumerable<TestCaseData> Samplers => Recordings.Cases(
        IndexFile, () => Index.EnumerateObject().Where(entry => entry.Value.Find("grid") is not null).Select(entry => entry.Name));

    private static IEnumerable<TestCaseData> OtherSettings => Recordings.Cases(
        MoreFile, () => More.EnumerateObject().Where(entry => entry.Value.Find("levels") is not null).Select(entry => entry.Name));

    private static IEnumerable<TestCaseData> Lists => Recordings.Cases(IndexFile, () => NamesOfLists);

    private static IEnumerable<string> NamesOfLists =>
        Index.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Array).Select(entry => entry.Name);

    private static IEnumerable<TestCaseData> AuthorsRuns => Recordings.Cases(Tensors, () => Recordings.Names(Tensors, Authors));

    private static IEnumerable<TestCaseData> AuthorsDdpmRuns => Recordings.Cases(Tensors, () => Recordings.Names(Tensors, AuthorsDdpm));

    private static Tensor Read(string name) => Recordings.Read(Tensors, name);

    [TestCaseSource(nameof(GridNames))]
    public void Levels_OfAGrid_AreTheRecorded(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Read(Grids + name).data<double>().ToArray();
        var n = expected.Length - 1;
        var (highest, lowest) = (expected[0], expected[n - 1]);
        var spacing = name.Split('-')[0] switch
        {
            "karras" => TimestepSpacing.Karras(n, highest, lowest),
            "exponential" => TimestepSpacing.Exponential(n, highest, lowest),
            "polyexponential" => TimestepSpacing.Polyexponential(n, highest, lowest, 2),
            "vp" => TimestepSpacing.Vp(n),
            _ => throw new IgnoreException($"There is no rule for the grid {name}."),
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
        var levels = Read(Grids + Index.GetProperty(name).GetProperty("grid").GetString()).data<double>().ToArray()[..^1];
        var expected = Read(name);
        var states = Trajectory(Make(name, Index.GetProperty(name)), levels, expected.shape[1..]);
        Expect.RelativelyClose(stack(states), expected, 1e-13);       // double against double, by other formulas
        states.ForEach(state => state.Dispose());
    }

    // Levels, churn, η and forms drawn at random, the last state by an implementation in NumPy that reproduces the recordings.
    [TestCaseSource(nameof(OtherSettings))]
    public void Run_WithOtherSettings_EndsWhereItShould(string name)
    {
        using var scope = NewDisposeScope();
        var setting = More.GetProperty(name);
        var expected = Recordings.Read(MoreTensors, name);
        var states = Trajectory(Make(name, setting), setting.GetProperty("levels").Numbers(), expected.shape);
        Expect.RelativelyClose(states[^1], expected, 1e-10);     // up to 40 steps, in which third differences lose some digits
        states.ForEach(state => state.Dispose());
    }

    // A setting that names no sampler is one of the sampler of its name.
    private static GridSampler Make(string name, JsonElement setting)
    {
        var arguments = setting.GetProperty("arguments");
        var churn = arguments.FindNumber("s_churn") is { } amount ? new Churn
        {
            Amount = amount,
            LowestRho = arguments.FindNumber("s_tmin") ?? 0,
            HighestRho = arguments.FindNumber("s_tmax") ?? double.PositiveInfinity,
            Noise = arguments.FindNumber("s_noise") ?? 1,
        } : null;
        var eta = arguments.FindNumber("eta") ?? 1;
        var heun = arguments.FindText("solver_type") == "heun";
        return (setting.FindText("sampler") ?? name.Split('-')[0]) switch
        {
            "euler" => new EulerSampler { Churn = churn },
            "heun" => new HeunSampler { Churn = churn },
            "dpm_2" => new Dpm2Sampler { Churn = churn },
            "lms" => arguments.FindInteger("order") is { } order ? new LmsSampler { Order = order } : new LmsSampler(),
            "dpmpp_2m" => new DpmSolver(),
            "euler_ancestral" => new EulerSampler { Eta = eta },
            "dpm_2_ancestral" => new Dpm2Sampler { Eta = eta },
            "dpmpp_2s_ancestral" => new DpmSolver2S { Eta = eta },
            "dpmpp_sde" => new DpmSolverSde { Eta = eta },
            "dpmpp_2m_sde" => new DpmSolver { Eta = eta, Solver = heun ? DpmSolverType.Heun : DpmSolverType.Midpoint },
            "dpmpp_3m_sde" => new DpmSolver { Eta = eta, Order = 3, Solver = DpmSolverType.Heun, LowerOrderFinal = false },
            var other => throw new IgnoreException($"{name} is of no sampler that is known here, but of {other}."),
        };
    }

    // x as each step first shows it, then the result.
    private static List<Tensor> Trajectory(GridSampler sampler, double[] levels, long[] shape)
    {
        // D(x, σ) = s²/(s²+σ²) x + σ²/(s²+σ²) a tanh(a x/(s²+σ²)).
        var mixture = Index.Find("mixture");
        var (a, s2) = (mixture?.GetProperty("a").GetDouble() ?? 0.6, Math.Pow(mixture?.GetProperty("s").GetDouble() ?? 0.3, 2));
        var (isFirst, states) = (true, new List<Tensor>());
        var denoiser = new FormulaDenoiser((x, σ) =>
        {
            if (isFirst)
                states.Add(x.clone().DetachFromDisposeScope());
            var v = s2 + σ * σ;
            return s2 / v * x + σ * σ / v * a * (a * x / v).tanh();
        });
        var options = new PredictorOptions
        {
            Parameterization = Parameterization.X0 with { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho },
            Clip = null,
        };
        var start = CosineNoise.Draw(0, shape).to(ScalarType.Float64) * (levels[0] * Path.AtRho(levels[0]).Alpha);
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
        // Where the authors visit a step twice, the second visit does nothing: we visit it once.
        Assert.That(Spacing(name).Select(Path).Select(point => point.T), Is.EqualTo(Index.GetProperty(name).Integers().Distinct().Reverse()));
    }

    [TestCaseSource(nameof(AuthorsRuns))]
    public void Run_OfDdim_IsTheAuthorsTrajectory(string name)
    {
        // As "quadratic-eta0.3".
        var eta = double.Parse(name[(name.IndexOf("eta", StringComparison.Ordinal) + 3)..], CultureInfo.InvariantCulture);
        IsTheAuthors(Authors + name, name, spacing => new DdimSampler { Eta = eta, Spacing = spacing }, clip: null);
    }

    [TestCaseSource(nameof(AuthorsDdpmRuns))]
    public void Run_OfDdpm_IsTheDdimAuthorsTrajectory(string name) =>
        IsTheAuthors(AuthorsDdpm + name, name, spacing => new AncestralSampler(AncestralVariance.FixedLarge, spacing), clip: 1);

    private static void IsTheAuthors(string recording, string name, Func<TimestepSpacing, GridSampler> sampler, double? clip)
    {
        using var scope = NewDisposeScope();
        var expected = Read(recording);
        var kind = name.Split('-')[0];
        // The list of that kind with as many steps as were recorded.
        var list = NamesOfLists.First(each => each.StartsWith(kind + "-", StringComparison.Ordinal)
            && Index.GetProperty(each).GetArrayLength() == expected.shape[0] - 1);
        int[] theirs = [.. Index.GetProperty(list).Integers().Reverse()];
        var visits = Enumerable.Range(0, theirs.Length).Where(i => i == theirs.Length - 1 || theirs[i] != theirs[i + 1]).ToArray();

        long[] kept = [0, .. visits.Select(step => step + 1L)];
        var start = CosineNoise.Draw(0, expected.shape.AsSpan(1));
        var noise = new GivenNoise((draw, shape) =>
        {
            using var inner = NewDisposeScope();
            return CosineNoise.Draw(1 + visits[draw], shape).MoveToOuterDisposeScope();
        });
        var predictor = new Predictor(new FormulaDenoiser((x, t) => 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x), Path, new() { Clip = clip });
        var ours = sampler(Spacing(list)).Run(predictor, SamplingStart.FromNoise(start), noise).Select(frame => frame.X);
        Expect.RelativelyClose(stack([start, .. ours]), expected.index_select(0, tensor(kept)), 1e-5);       // float32, a dozen steps
    }

    // As "uniform-12".
    private static TimestepSpacing Spacing(string list)
    {
        var count = int.Parse(list.Split('-')[1], CultureInfo.InvariantCulture);
        return list.Split('-')[0] switch
        {
            "quadratic" => TimestepSpacing.Quadratic(count),
            "uniform" => TimestepSpacing.Uniform(count),
            _ => throw new IgnoreException($"There is no rule for the steps {list}."),
        };
    }
}
