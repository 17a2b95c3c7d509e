using Ddpm.Samplers;
using Ddpm.Schedules;

namespace Ddpm;

/// <summary>Schedule, prediction and sampler as a scheduler_config.json.</summary>
internal static class SchedulerConfigWriter
{
    /// <returns>The scheduler's class and its entries.</returns>
    /// <exception cref="InvalidOperationException">No scheduler of a DDPM or DDIM pipeline is so.</exception>
    internal static (string Class, IReadOnlyDictionary<string, object?> Entries) Write(SavedParts parts)
    {
        if (FlowScheduler.Write(parts) is { } flow)
            return flow;
        var parameterization = parts.Prediction.Parameterization;
        if (PipelineNames.Predictions.Of(parameterization.Prediction) is null
            || parameterization != new Parameterization { Prediction = parameterization.Prediction, Variance = parameterization.Variance })
            throw Unsupported("the network must be shown x, told the step t and say epsilon, x_0 or v, but it is " + parameterization);
        var (name, own) = parts.Sampler switch
        {
            AncestralSampler { End: SamplingEnd.FirstStep } =>
                throw Unsupported("DDPM's last step must lead to the data, but leads to the first step"),
            AncestralSampler ancestral => ("DDPMScheduler", new Dictionary<string, object?>
            {
                ["variance_type"] = Variance(ancestral.Variance, parameterization.Variance),
            }),
            DdimSampler ddim => ("DDIMScheduler", new() { ["set_alpha_to_one"] = ddim.End == SamplingEnd.Data }),
            var other => throw Unsupported($"the sampler must be DDPM's or DDIM's, but is a {other.GetType().Name}"),
        };
        // A pipeline's own is written back as it was.
        if (parts.Denoiser.Network is UNet { Options: { SaysVariance: true } options } && parts.Sampler is not GridSampler { MatchesDiffusers: true }
            && !(parts.Sampler is AncestralSampler && parameterization.Variance is LearnedVariance.Direct or LearnedVariance.Range))
            throw Unsupported(
                $"a network with {options.OutputChannels} output channels for images of {options.Image.Channels} must have DDPM's sampler with a "
                + "learned variance, by which diffusers takes its output apart, but has another");
        var entries = new Dictionary<string, object?> { ["_class_name"] = name };
        foreach (var (key, value) in Schedule(parts.Process.Schedule).Concat(Prediction(parts.Prediction)).Concat(own))
            entries.Add(key, value);
        var (spacing, offset) = Spacing(((GridSampler)parts.Sampler).Spacing, parts.Process.Path);
        entries.Add("timestep_spacing", spacing);
        entries.Add("steps_offset", offset);
        return (name, entries);
    }

    private static Dictionary<string, object?> Schedule(INoiseSchedule schedule)
    {
        var (name, first, last) = schedule switch
        {
            LinearSchedule s => ("linear", s.First, s.Last),
            ScaledLinearSchedule s => ("scaled_linear", s.First, s.Last),
            SigmoidSchedule s => ("sigmoid", s.First, s.Last),
            CosineSchedule => ("squaredcos_cap_v2", 1e-4, 0.02),
            LaplaceSchedule => ("laplace", 1e-4, 0.02),
            _ => ("", 1e-4, 0.02),
        };
        return new()
        {
            ["beta_start"] = first,
            ["beta_end"] = last,
            ["beta_schedule"] = name.Length > 0 ? name : "linear",
            ["num_train_timesteps"] = schedule.Betas.Count,
            ["trained_betas"] = name.Length > 0 ? null : schedule.Betas,
            ["rescale_betas_zero_snr"] = false,
        };
    }

    private static Dictionary<string, object?> Prediction(PredictorOptions prediction) => new()
    {
        ["prediction_type"] = PipelineNames.Predictions.Of(prediction.Parameterization.Prediction),
        ["clip_sample"] = prediction is { Clip: < double.PositiveInfinity, Threshold: null },
        ["clip_sample_range"] = prediction.Clip is < double.PositiveInfinity and var range ? range : 1,
        ["thresholding"] = prediction.Threshold is not null,
        ["dynamic_thresholding_ratio"] = prediction.Threshold?.Ratio ?? 0.995,
        ["sample_max_value"] = double.IsInfinity(prediction.Threshold?.Maximum ?? 1)
            ? throw Unsupported("the largest threshold must be a number that JSON can hold, but is infinite")
            : prediction.Threshold?.Maximum ?? 1,
    };

    private static string Variance(AncestralVariance variance, LearnedVariance learned) => learned switch
    {
        LearnedVariance.None => PipelineNames.Variances.Of((variance, learned))!,
        LearnedVariance.Logarithm => throw Unsupported("the variance must be one that diffusers has, but its logarithm is learned"),
        _ => PipelineNames.Variances.Of((AncestralVariance.FixedLarge, learned))!,
    };

    // How many steps is a setting of the call, not of the folder.
    private static (string Name, int Offset) Spacing(TimestepSpacing spacing, DiffusionPath path)
    {
        var steps = spacing.Select(path);
        var (count, last) = (steps.Count, steps[^1].T);
        return Are(TimestepSpacing.Leading(count)) ? ("leading", 0)
            : Are(TimestepSpacing.Trailing(count)) ? ("trailing", 0)
            : Are(TimestepSpacing.Linspace(count)) ? ("linspace", 0)
            : last == Math.Floor(last) && Are(TimestepSpacing.Leading(count, (int)last)) ? ("leading", (int)last)
            : throw Unsupported($"the spacing must be leading, linspace or trailing, but is {spacing}");

        bool Are(TimestepSpacing other)
        {
            try
            {
                return other.Select(path).SequenceEqual(steps);
            }
            catch (ArgumentException)
            {
                return false;       // it does not fit the process at all
            }
        }
    }

    internal static InvalidOperationException Unsupported(string rule) => new($"A diffusers pipeline cannot hold this diffusion: {rule}.");
}
