namespace Ddpm.Samplers;

/// <summary>
/// The samplers by the names that people know them by: those of diffusers, and from dpmpp-2m on those of k-diffusion, whose samplers are given their
/// levels: Karras's, as most programs do.
/// </summary>
public static class NamedSamplers
{
    // Each for a number of steps, or without one in the usual number, that of the sampler's own constructor.
    private static readonly OrderedDictionary<string, Func<int?, GridSampler>> All = new(StringComparer.Ordinal)
    {
        ["ddpm"] = steps =>
            new AncestralSampler(AncestralVariance.FixedSmall, steps is { } count ? TimestepSpacing.Trailing(count) : TimestepSpacing.All),
        ["ddim"] = In(50, steps => new DdimSampler(steps) { Spacing = TimestepSpacing.Trailing(steps) }),
        ["pndm"] = In(50, steps => new PndmSampler(steps)),
        ["plms"] = In(50, steps => new PndmSampler(steps) { SkipRungeKutta = true }),
        ["ipndm"] = In(20, steps => new IpndmSampler(steps)),
        ["euler"] = In(30, steps => new EulerSampler(steps)),
        ["euler-karras"] = In(30, steps => new EulerSampler(steps) { Spacing = TimestepSpacing.Karras(steps) }),
        ["euler-exponential"] = In(30, steps => new EulerSampler(steps) { Spacing = TimestepSpacing.Exponential(steps) }),
        ["euler-ancestral"] = In(30, steps => new EulerSampler(steps) { Eta = 1 }),
        ["heun"] = In(18, steps => new HeunSampler(steps)),
        ["heun-vp"] = In(18, steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Vp(steps) }),
        ["edm"] = In(18, steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Karras(steps) }),
        ["edm-stochastic"] = In(18, steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Karras(steps), Churn = new() { Amount = 5 } }),
        ["dpm2"] = In(18, steps => new Dpm2Sampler(steps)),
        ["dpm2-ancestral"] = In(18, steps => new Dpm2Sampler(steps) { Eta = 1 }),
        ["lms"] = In(30, steps => new LmsSampler(steps)),
        ["lms-karras"] = In(30, steps => new LmsSampler(steps) { Spacing = TimestepSpacing.Karras(steps) }),
        ["deis"] = In(20, steps => new DeisSolver(steps)),
        ["deis-3"] = In(20, steps => new DeisSolver(steps) { Order = 3 }),
        ["dpmsolver"] = In(20, steps => new DpmSolver(steps) { DataPrediction = false, End = SamplingEnd.FirstStep }),
        ["dpmsolver++"] = In(20, steps => new DpmSolver(steps)),
        ["dpmsolver++-3"] = In(20, steps => new DpmSolver(steps) { Order = 3 }),
        ["dpmsolver++-exponential"] = In(20, steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Exponential(steps) }),
        ["dpmsolver++-sde"] = In(20, steps => new DpmSolver(steps) { Eta = 1 }),
        ["dpmsolver++-singlestep"] = In(20, steps => new DpmSolverSinglestep(steps)),
        ["dpmsolver++-singlestep-3"] = In(20, steps => new DpmSolverSinglestep(steps) { Order = 3 }),
        ["unipc"] = In(20, steps => new UniPcSolver(steps)),
        ["unipc-bh1"] = In(20, steps => new UniPcSolver(steps) { Variant = UniPcVariant.Bh1 }),
        ["unipc-3"] = In(20, steps => new UniPcSolver(steps) { Order = 3 }),
        ["sa-solver"] = In(25, steps => new SaSolver(steps)),
        ["dpmpp-2m"] = In(20, steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Karras(steps) }),
        ["dpmpp-2m-polyexponential"] = In(20, steps =>
            new DpmSolver(steps) { Spacing = TimestepSpacing.Polyexponential(steps, power: 2) }),
        ["dpmpp-2m-sde"] = In(20, steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Karras(steps), Eta = 1 }),
        ["dpmpp-3m-sde"] = In(20, steps => new DpmSolver(steps)
        {
            Spacing = TimestepSpacing.Karras(steps),
            Eta = 1,
            Order = 3,
            Solver = DpmSolverType.Heun,
            LowerOrderFinal = false,
        }),
        ["dpmpp-2s-ancestral"] = In(18, steps => new DpmSolver2S(steps) { Spacing = TimestepSpacing.Karras(steps) }),
        ["dpmpp-sde"] = In(18, steps => new DpmSolverSde(steps) { Spacing = TimestepSpacing.Karras(steps) }),
    };

    /// <summary>The names; upper and lower case matter.</summary>
    public static IReadOnlyList<string> Names => All.Keys;

    /// <summary>Makes a sampler.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="steps">How many steps; null: as many as the sampler's own constructor says, and for ddpm every step of the process.</param>
    /// <exception cref="ArgumentException">There is no such name; the message lists them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is out of range.</exception>
    public static GridSampler Create(string name, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.TryGetValue(name, out var make)
            ? make(steps)
            : throw new ArgumentException($"A sampler must be one of {string.Join(", ", Names)}, but is '{name}'.", nameof(name));
    }

    private static Func<int?, GridSampler> In(int usual, Func<int, GridSampler> make) => steps => make(steps ?? usual);
}
