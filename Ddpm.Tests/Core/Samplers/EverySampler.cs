using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Every sampler with a number of steps, by name; and exact networks to run them with.</summary>
internal static class EverySampler
{
    private static readonly Dictionary<string, Func<int, GridSampler>> ByName = new()
    {
        ["ddpm large"] = n => new AncestralSampler(spacing: TimestepSpacing.Trailing(n)),
        ["ddpm small"] = n => new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(n)),
        ["ddim"] = n => new DdimSampler(n),
        ["ddim eta 1"] = n => new DdimSampler(n) { Eta = 1 },
        ["pndm"] = n => new PndmSampler(n),
        ["plms"] = n => new PndmSampler(n) { SkipRungeKutta = true },
        ["ipndm"] = n => new IpndmSampler(n),
        ["dpm-solver 2"] = n => new DpmSolver(n) { DataPrediction = false },
        ["dpm-solver++ 1"] = n => new DpmSolver(n) { Order = 1 },
        ["dpm-solver++ 2"] = n => new DpmSolver(n),
        ["dpm-solver++ 2 karras"] = n => new DpmSolver(n) { Spacing = TimestepSpacing.Karras(n) },
        ["dpm-solver++ 2 heun"] = n => new DpmSolver(n) { Solver = DpmSolverType.Heun },
        ["dpm-solver++ 3"] = n => new DpmSolver(n) { Order = 3 },
        ["dpm-solver++ 2 sde"] = n => new DpmSolver(n) { Eta = 1 },
        ["dpm-solver++ 3 sde"] = n => new DpmSolver(n) { Eta = 1, Order = 3, Solver = DpmSolverType.Heun, LowerOrderFinal = false },
        ["singlestep 2"] = n => new DpmSolverSinglestep(n),
        ["singlestep 3"] = n => new DpmSolverSinglestep(n) { Order = 3 },
        ["unipc bh1"] = n => new UniPcSolver(n) { Variant = UniPcVariant.Bh1 },
        ["unipc 2"] = n => new UniPcSolver(n),
        ["unipc 3"] = n => new UniPcSolver(n) { Order = 3 },
        ["unipc by noise"] = n => new UniPcSolver(n) { DataPrediction = false },
        ["deis 2"] = n => new DeisSolver(n),
        ["deis 3"] = n => new DeisSolver(n) { Order = 3 },
        ["sa-solver"] = n => new SaSolver(n),
        ["euler"] = n => new EulerSampler(n),
        ["euler churn"] = n => new EulerSampler(n) { Churn = new() { Amount = 5 } },
        ["euler ancestral"] = n => new EulerSampler(n) { Eta = 1 },
        ["heun"] = n => new HeunSampler(n),
        ["heun in flow time"] = n => new HeunSampler(n) { InFlowTime = true },
        ["heun churn"] = n => new HeunSampler(n) { Churn = new() { Amount = 5, LowestRho = 0.05, HighestRho = 50, Noise = 1.003 } },
        ["dpm2"] = n => new Dpm2Sampler(n),
        ["dpm2 ancestral"] = n => new Dpm2Sampler(n) { Eta = 1 },
        ["2s ancestral"] = n => new DpmSolver2S(n),
        ["dpm-solver sde"] = n => new DpmSolverSde(n),
        ["lms"] = n => new LmsSampler(n),
    };

    internal static IEnumerable<string> Names => ByName.Keys;

    internal static GridSampler Make(string name, int steps) => ByName[name](steps);

    /// <summary>
    /// A network that says x_0 of x and the point, as whatever it is to predict. It is told ρ, not t, so that it knows the point exactly.
    /// </summary>
    internal static FormulaDenoiser OfX0(PredictionType type, Func<Tensor, DiffusionPoint, Tensor> x0) => OfX0(OfRho(type), x0);

    /// <summary>The same for any parameterization that tells the level: x out of what it is shown, the point out of what it is told.</summary>
    internal static FormulaDenoiser OfX0(Parameterization own, Func<Tensor, DiffusionPoint, Tensor> x0) => new((shown, told) =>
    {
        var number = told.flatten()[0].to(ScalarType.Float64).item<double>() / own.TimeFactor;
        var ρ = own.TimeInput switch
        {
            TimeConditioning.Rho => number,
            TimeConditioning.LogRho => Math.Exp(number),
            TimeConditioning.FlowTime => number / (1 - number),
            _ => throw new NotSupportedException($"{own.TimeInput} does not tell the level."),
        };
        var α = 1 / Math.Sqrt(1 + ρ * ρ);
        var at = new DiffusionPoint(double.NaN, α, double.IsInfinity(ρ) ? 1 : ρ * α);
        var x = shown / own.InputScale(at);
        var clean = x0(x, at);
        var ε = (x - at.Alpha * clean) / at.Sigma;
        return own.Prediction switch
        {
            PredictionType.X0 => clean.alias(),
            PredictionType.Epsilon => ε,
            _ => own.Target(at).OfX0 * clean + own.Target(at).OfEpsilon * ε,
        };
    });

    /// <summary>Options for it.</summary>
    internal static PredictorOptions Options(PredictionType type = PredictionType.Epsilon) => Options(OfRho(type));

    /// <inheritdoc cref="Options(PredictionType)"/>
    internal static PredictorOptions Options(Parameterization own) => new() { Parameterization = own, Clip = null };

    private static Parameterization OfRho(PredictionType type) => new() { Prediction = type, TimeInput = TimeConditioning.Rho };

    /// <summary>The last state.</summary>
    internal static Tensor Run(
        ISampler sampler, IDenoiser denoiser, DiffusionPath path, SamplingStart start, PredictorOptions options, INoiseSource? noise = null,
        int firstImage = 0)
    {
        Tensor? result = null;
        foreach (var frame in sampler.Run(new Predictor(denoiser, path, options), start, new NoiseStream(noise ?? new SeededNoise(1), firstImage)))
            using (frame)
                if (frame.IsLast)
                    result = frame.X.alias();
        return result!;
    }

    /// <summary>Three images at once twice, and the third alone: the same bits.</summary>
    internal static void GivesTheSameImageInAnyBatch(string name, IDenoiser denoiser, DiffusionPath path, PredictorOptions options)
    {
        using var scope = NewDisposeScope();
        var noise = new SeededNoise(9).Draw([3, 3, 4, 4]);
        Tensor Of(int first, int count) => Run(
            Make(name, 7), denoiser, path, SamplingStart.FromNoise(noise.narrow(0, first, count)), options, new SeededNoise(5), first);
        var all = Of(0, 3);
        Expect.Same(Of(0, 3), all);
        Expect.Same(Of(2, 1), all.narrow(0, 2, 1));
    }
}
