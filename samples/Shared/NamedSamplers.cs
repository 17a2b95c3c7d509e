namespace Ddpm.Samples;

/// <summary>The library's samplers by the names that users know them by, each for a number of steps.</summary>
internal static class NamedSamplers
{
    // Names of diffusers, and from dpmpp-2m on of k-diffusion, whose samplers are given their levels: Karras's, as most programs do.
    public static IReadOnlyDictionary<string, Func<int, ISampler>> All { get; } = new Dictionary<string, Func<int, ISampler>>(StringComparer.Ordinal)
    {
        ["ddpm"] = steps => new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(steps)),
        ["ddim"] = steps => new DdimSampler(steps) { Spacing = TimestepSpacing.Trailing(steps) },
        ["pndm"] = steps => new PndmSampler(steps),
        ["plms"] = steps => new PndmSampler(steps) { SkipRungeKutta = true },
        ["ipndm"] = steps => new IpndmSampler(steps),
        ["euler"] = steps => new EulerSampler(steps),
        ["euler-karras"] = steps => new EulerSampler(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["euler-exponential"] = steps => new EulerSampler(steps) { Spacing = TimestepSpacing.Exponential(steps) },
        ["euler-ancestral"] = steps => new EulerSampler(steps) { Eta = 1 },
        ["heun"] = steps => new HeunSampler(steps),
        ["heun-vp"] = steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Vp(steps) },
        ["edm"] = steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["edm-stochastic"] = steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Karras(steps), Churn = new() { Amount = 5 } },
        ["dpm2"] = steps => new Dpm2Sampler(steps),
        ["dpm2-ancestral"] = steps => new Dpm2Sampler(steps) { Eta = 1 },
        ["lms"] = steps => new LmsSampler(steps),
        ["lms-karras"] = steps => new LmsSampler(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["deis"] = steps => new DeisSolver(steps),
        ["deis-3"] = steps => new DeisSolver(steps) { Order = 3 },
        ["dpmsolver"] = steps => new DpmSolver(steps) { DataPrediction = false, End = SamplingEnd.FirstStep },
        ["dpmsolver++"] = steps => new DpmSolver(steps),
        ["dpmsolver++-3"] = steps => new DpmSolver(steps) { Order = 3 },
        ["dpmsolver++-exponential"] = steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Exponential(steps) },
        ["dpmsolver++-sde"] = steps => new DpmSolver(steps) { Eta = 1 },
        ["dpmsolver++-singlestep"] = steps => new DpmSolverSinglestep(steps),
        ["dpmsolver++-singlestep-3"] = steps => new DpmSolverSinglestep(steps) { Order = 3 },
        ["unipc"] = steps => new UniPcSolver(steps),
        ["unipc-bh1"] = steps => new UniPcSolver(steps) { Variant = UniPcVariant.Bh1 },
        ["unipc-3"] = steps => new UniPcSolver(steps) { Order = 3 },
        ["sa-solver"] = steps => new SaSolver(steps),
        ["dpmpp-2m"] = steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["dpmpp-2m-polyexponential"] = steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Polyexponential(steps, power: 2) },
        ["dpmpp-2m-sde"] = steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Karras(steps), Eta = 1 },
        ["dpmpp-3m-sde"] = steps => new DpmSolver(steps)
        {
            Spacing = TimestepSpacing.Karras(steps),
            Eta = 1,
            Order = 3,
            Solver = DpmSolverType.Heun,
            LowerOrderFinal = false,
        },
        ["dpmpp-2s-ancestral"] = steps => new DpmSolver2S(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["dpmpp-sde"] = steps => new DpmSolverSde(steps) { Spacing = TimestepSpacing.Karras(steps) },
    };
}
