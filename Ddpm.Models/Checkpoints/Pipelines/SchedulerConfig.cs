using Ddpm.Schedules;

namespace Ddpm;

/// <summary>A scheduler_config.json of diffusers as schedule, prediction and sampler, which computes as diffusers does.</summary>
internal static class SchedulerConfig
{
    private const string Ddim = "DDIMScheduler", Ddpm = "DDPMScheduler";

    // A DDPMPipeline takes 1,000 steps and a DDIMPipeline 50; the solvers that others put into them need no more.
    private const int ManySteps = 1000, FewSteps = 50;

    /// <summary>Schedule, prediction and sampler, no more.</summary>
    /// <param name="config">The file.</param>
    /// <param name="ddimPipeline">A DDIMPipeline makes a DDIMScheduler of any other; a DDPMPipeline keeps the one that it finds.</param>
    /// <param name="given">What the call of a pipeline says: steps, η.</param>
    internal static CheckpointParts Describe(PipelineConfig config, bool ddimPipeline, PretrainedOptions given)
    {
        var name = ddimPipeline ? Ddim : config.Class ?? Ddpm;
        if (FlowScheduler.IsOne(name))
            return FlowScheduler.Describe(name, config, given.Steps ?? FewSteps);
        var family = SchedulerFamily.Of(name, config);
        var schedule = Schedule(config, family);
        var many = name == Ddpm || (name == Ddim && !ddimPipeline);
        var count = given.Steps ?? Math.Min(many ? ManySteps : FewSteps, schedule.Betas.Count);
        var sampler = family.Sampler(config, given);
        var path = new DiffusionPath(schedule).InSinglePrecision;
        return new()
        {
            Schedule = schedule,
            Prediction = Prediction(config, family, name),
            Sampler = sampler with { Spacing = SchedulerSpacing.Read(config, family, count, path), MatchesDiffusers = true },
        };
    }

    private static INoiseSchedule Schedule(PipelineConfig config, SchedulerFamily family)
    {
        var steps = config.Integer("num_train_timesteps", 1000);
        var (first, last) = (config.Number("beta_start", family.FirstBeta), config.Number("beta_end", family.LastBeta));
        var schedule = config.Choice<Func<INoiseSchedule>>("beta_schedule", "linear",
            ("linear", () => new LinearSchedule(steps, first, last)),
            ("scaled_linear", () => new ScaledLinearSchedule(steps, first, last)),
            ("squaredcos_cap_v2", () => new CosineSchedule(steps)),
            ("sigmoid", () => new SigmoidSchedule(steps, first, last)),
            ("laplace", () => new LaplaceSchedule(steps)));
        var inner = config.Numbers("trained_betas") is { } betas ? new TabulatedSchedule(betas) : schedule();
        return config.Flag("rescale_betas_zero_snr", false) ? new ZeroTerminalSnrSchedule(inner) : inner;
    }

    private static PredictorOptions Prediction(PipelineConfig config, SchedulerFamily family, string name)
    {
        var (ratio, maximum) = (config.Number("dynamic_thresholding_ratio", 0.995), config.Number("sample_max_value", 1));
        var range = config.Number("clip_sample_range", 1);
        return new()
        {
            Parameterization = new()
            {
                Prediction = config.Choice("prediction_type", "epsilon", PipelineNames.Predictions),
                Variance = name == Ddpm ? SchedulerSamplers.Variance(config).Learned : LearnedVariance.None,
            },
            Clip = config.Flag("clip_sample", family.Clips ?? false) && family.Clips is not null ? range : null,
            Threshold = config.Flag("thresholding", false) ? new() { Ratio = ratio, Maximum = maximum } : null,
        };
    }
}
