using Ddpm.Samplers;

namespace Ddpm;

/// <summary>What a scheduler of diffusers is here, and what its configuration means where it says nothing.</summary>
/// <param name="Sampler">Its settings but for the steps.</param>
internal sealed record SchedulerFamily(Func<PipelineConfig, PretrainedOptions, GridSampler> Sampler)
{
    private static readonly Dictionary<string, SchedulerFamily> ByName = new(StringComparer.Ordinal)
    {
        ["DDPMScheduler"] = new(SchedulerSamplers.Ddpm) { Spacing = "leading", Clips = true },
        ["DDIMScheduler"] = new(SchedulerSamplers.Ddim) { Spacing = "leading", Clips = true },
        ["DDIMInverseScheduler"] = new(SchedulerSamplers.DdimInverse) { Spacing = "leading", Clips = true },
        ["PNDMScheduler"] = new(SchedulerSamplers.Pndm) { Spacing = "leading" },
        ["DPMSolverMultistepScheduler"] = new(SchedulerSamplers.DpmSolver) { ExcludesLast = true },
        ["DPMSolverSinglestepScheduler"] = new(SchedulerSamplers.DpmSolverSinglestep) { ExcludesLast = true },
        ["UniPCMultistepScheduler"] = new(SchedulerSamplers.UniPc) { ExcludesLast = true },
        ["DEISMultistepScheduler"] = new(SchedulerSamplers.Deis) { ExcludesLast = true },
        ["SASolverScheduler"] = new(SchedulerSamplers.SaSolver) { ExcludesLast = true },
        ["EulerDiscreteScheduler"] = new(SchedulerSamplers.Euler) { IsInRho = true },
        ["EulerAncestralDiscreteScheduler"] = new((_, _) => new EulerSampler { Eta = 1 }) { IsInRho = true },
        ["HeunDiscreteScheduler"] = OfLatents((_, _) => new HeunSampler()) with { Clips = false },
        ["LMSDiscreteScheduler"] = new((_, _) => new LmsSampler()) { IsInRho = true },
        ["KDPM2DiscreteScheduler"] = OfLatents((_, _) => new Dpm2Sampler()),
        ["KDPM2AncestralDiscreteScheduler"] = OfLatents((_, _) => new Dpm2Sampler { Eta = 1 }),
    };

    /// <summary>β at the two ends.</summary>
    internal double FirstBeta { get; init; } = 1e-4;

    internal double LastBeta { get; init; } = 0.02;

    /// <summary>Whether x_0 is clipped unless the configuration says otherwise; null: it never is.</summary>
    internal bool? Clips { get; init; }

    /// <summary>The timestep_spacing.</summary>
    internal string Spacing { get; init; } = "linspace";

    /// <summary>Whether of n + 1 steps the last is left out.</summary>
    internal bool ExcludesLast { get; init; }

    /// <summary>Whether the scheduler's states are x/α: such ones keep fractional steps, and begin their levels at the steps chosen.</summary>
    internal bool IsInRho { get; init; }

    /// <exception cref="DataFormatException">There is no such scheduler here.</exception>
    internal static SchedulerFamily Of(string name, PipelineConfig config) =>
        ByName.TryGetValue(name, out var family)
            ? family
            : throw config.Wrong("_class_name", "one of " + string.Join(", ", [.. ByName.Keys, FlowScheduler.Euler, FlowScheduler.Heun]));

    // Their betas are those of Stable Diffusion, whose programs they came with.
    private static SchedulerFamily OfLatents(Func<PipelineConfig, PretrainedOptions, GridSampler> sampler) =>
        new(sampler) { IsInRho = true, FirstBeta = 0.00085, LastBeta = 0.012 };
}
