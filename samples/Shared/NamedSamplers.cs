using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>The library's samplers by the names that users know them by, each for a number of steps.</summary>
internal static class NamedSamplers
{
    public static IReadOnlyDictionary<string, Func<int, ISampler>> All { get; } = new Dictionary<string, Func<int, ISampler>>(StringComparer.Ordinal)
    {
        ["ddpm"] = steps => new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(steps)),
        ["ddim"] = steps => new DdimSampler(steps) { Spacing = TimestepSpacing.Trailing(steps) },
        ["pndm"] = steps => new PndmSampler(steps) { SkipRungeKutta = true },
        ["ipndm"] = steps => new IpndmSampler(steps),
        ["euler"] = steps => new EulerSampler(steps),
        ["euler-ancestral"] = steps => new EulerSampler(steps) { Eta = 1 },
        ["heun"] = steps => new HeunSampler(steps),
        ["edm"] = steps => new HeunSampler(steps) { Spacing = TimestepSpacing.Karras(steps), Churn = new() { Amount = 5 } },
        ["dpm2"] = steps => new Dpm2Sampler(steps),
        ["dpm2-ancestral"] = steps => new Dpm2Sampler(steps) { Eta = 1 },
        ["lms"] = steps => new LmsSampler(steps),
        ["dpmsolver"] = steps => new DpmSolver(steps) { DataPrediction = false, End = SamplingEnd.FirstStep },
        ["dpmsolver++"] = steps => new DpmSolver(steps),
        ["dpmsolver++-3"] = steps => new DpmSolver(steps) { Order = 3 },
        ["dpmsolver++-karras"] = steps => new DpmSolver(steps) { Spacing = TimestepSpacing.Karras(steps) },
        ["dpmsolver++-sde"] = steps => new DpmSolver(steps) { Eta = 1 },
        ["dpmsolver++-singlestep"] = steps => new DpmSolverSinglestep(steps),
        ["dpmsolver++-2s-ancestral"] = steps => new DpmSolver2S(steps),
        ["dpmsolver-sde"] = steps => new DpmSolverSde(steps),
        ["unipc"] = steps => new UniPcSolver(steps),
        ["deis"] = steps => new DeisSolver(steps),
        ["sa-solver"] = steps => new SaSolver(steps),
    };

    public static Option<string?> Flag() =>
        new Option<string?>("--sampler") { Description = "By default the model's own." }.AcceptOnlyFromAmong([.. All.Keys]);

    public static Option<int?> StepsFlag() => new("--sample_steps") { Description = "Steps of the sampler; by default the model's own, or 50 with --sampler." };

    /// <summary>The sampler asked for, or null for the model's own.</summary>
    public static ISampler? Chosen(string? name, int? steps) => name is null && steps is null ? null : All[name ?? "ddpm"](steps ?? 50);
}
