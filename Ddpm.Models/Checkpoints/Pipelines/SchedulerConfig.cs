namespace Ddpm;

/// <summary>A DDPMScheduler's or DDIMScheduler's scheduler_config.json as schedule, prediction and sampler.</summary>
internal static class SchedulerConfig
{
    // A DDIMPipeline makes a DDIMScheduler of any other and takes 50 steps, a DDPMPipeline keeps the one that it finds and takes 1,000.
    internal static DiffusionBuilder Describe(DiffusionBuilder builder, PipelineConfig config, bool ddimPipeline, PretrainedOptions given)
    {
        var ddim = ddimPipeline || config.Class == "DDIMScheduler";
        if (!ddim && config.Class is not (null or "DDPMScheduler"))
            throw config.Wrong("_class_name", "DDPMScheduler or DDIMScheduler");
        var schedule = Schedule(config);
        return builder
            .WithSchedule(schedule)
            .WithPrediction(Prediction(config))
            .WithSampler(ddim ? Ddim(config, schedule.Betas.Count, ddimPipeline ? 50 : 1000, given) : Ddpm(config, schedule.Betas.Count, given));
    }

    private static INoiseSchedule Schedule(PipelineConfig config)
    {
        var steps = config.Integer("num_train_timesteps", 1000);
        var (first, last) = (config.Number("beta_start", 1e-4), config.Number("beta_end", 0.02));
        var schedule = config.Choice<Func<INoiseSchedule>>("beta_schedule", "linear",
            ("linear", () => new LinearSchedule(steps, first, last)),
            ("scaled_linear", () => new ScaledLinearSchedule(steps, first, last)),
            ("squaredcos_cap_v2", () => new CosineSchedule(steps)),
            ("sigmoid", () => new SigmoidSchedule(steps, first, last)),
            ("laplace", () => new LaplaceSchedule(steps)));
        var inner = config.Numbers("trained_betas") is { } betas ? new TabulatedSchedule(betas) : schedule();
        return config.Flag("rescale_betas_zero_snr", false) ? new ZeroTerminalSnrSchedule(inner) : inner;
    }

    private static PredictorOptions Prediction(PipelineConfig config)
    {
        var (ratio, maximum, range) = (config.Number("dynamic_thresholding_ratio", 0.995), config.Number("sample_max_value", 1), config.Number("clip_sample_range", 1));
        var clipped = config.Flag("clip_sample", true);
        return new()
        {
            Type = config.Choice("prediction_type", "epsilon", PipelineNames.Predictions),
            Clip = clipped ? range : null,
            Threshold = config.Flag("thresholding", false) ? new() { Ratio = ratio, Maximum = maximum } : null,
        };
    }

    private static AncestralSampler Ddpm(PipelineConfig config, int steps, PretrainedOptions given)
    {
        var variance = config.Choice("variance_type", "fixed_small", PipelineNames.Variances);
        return new(variance, Spacing(config, given.Steps ?? Math.Min(1000, steps), steps)) { Compatible = true };
    }

    private static DdimSampler Ddim(PipelineConfig config, int steps, int defaultSteps, PretrainedOptions given)
    {
        var count = given.Steps ?? Math.Min(defaultSteps, steps);
        return new(count)
        {
            Spacing = Spacing(config, count, steps),
            Eta = given.Eta ?? 0,
            UseClippedOutput = given.UseClippedOutput,
            End = config.Flag("set_alpha_to_one", true) ? SamplingEnd.Data : SamplingEnd.FirstStep,
            Compatible = true,
        };
    }

    private static TimestepSpacing Spacing(PipelineConfig config, int count, int steps)
    {
        var offset = config.Integer("steps_offset", 0);
        var spacing = config.Choice("timestep_spacing", "leading", ("leading", "leading"), ("linspace", "linspace"), ("trailing", "trailing"));
        return count == steps && (offset == 0 || spacing != "leading") ? TimestepSpacing.All : spacing switch
        {
            "leading" => TimestepSpacing.Leading(count, offset),
            "linspace" => TimestepSpacing.Linspace(count),
            _ => TimestepSpacing.Trailing(count),
        };
    }
}
