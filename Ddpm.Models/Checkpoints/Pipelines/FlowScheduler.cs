using Ddpm.Samplers;
using Ddpm.Schedules;
using Ddpm.Training;

namespace Ddpm;

/// <summary>diffusers' schedulers of flow matching, FlowMatchEuler and FlowMatchHeun, both ways.</summary>
internal static class FlowScheduler
{
    internal const string Euler = "FlowMatchEulerDiscreteScheduler", Heun = "FlowMatchHeunDiscreteScheduler";

    // Other ways to distribute the times, and other arithmetic, that only some of the models use.
    private static readonly string[] Off =
        ["use_dynamic_shifting", "invert_sigmas", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "stochastic_sampling"];

    internal static bool IsOne(string name) => name is Euler or Heun;

    /// <summary>What the file says.</summary>
    internal static CheckpointParts Describe(string name, PipelineConfig config, int count)
    {
        foreach (var option in Off.Where(option => config.Flag(option, false)))
            throw config.Wrong(option, "false");
        if (config.NumberOrNull("shift_terminal") is not null)
            throw config.Wrong("shift_terminal", "null");
        var (steps, shift) = (config.Integer("num_train_timesteps", 1000), config.Number("shift", 1));
        // They say how the shift would follow from the image's size, which is off.
        foreach (var idle in (string[])["base_shift", "max_shift", "base_image_seq_len", "max_image_seq_len", "time_shift_type"])
            _ = config.Has(idle);
        return new()
        {
            Schedule = new FlowMatchingSchedule(steps, shift),
            Prediction = new() { Parameterization = Parameterization.Flow(steps), Clip = null },
            Levels = TrainingLevels.UniformTime(shift),
            Sampler = Sampler(name) with { Spacing = TimestepSpacing.FlowTime(count, shift) },
        };
    }

    /// <returns>The scheduler's class and its entries; null: the process is not one of flow matching.</returns>
    /// <exception cref="InvalidOperationException">It is, but no such scheduler is so; the message says why.</exception>
    internal static (string Class, IReadOnlyDictionary<string, object?> Entries)? Write(SavedParts parts)
    {
        if (parts.Process.Schedule is not FlowMatchingSchedule schedule)
            return null;
        var steps = parts.Process.Steps;
        if (parts.Prediction is not { Clip: null, Threshold: null })
            throw SchedulerConfigWriter.Unsupported("flow matching must not clip x_0, but it is clipped");
        if (parts.Prediction.Parameterization != Parameterization.Flow(steps))
            throw SchedulerConfigWriter.Unsupported(
                $"a network of flow matching must say epsilon - x_0 and be told T times the time, but is {parts.Prediction.Parameterization}");
        if (parts.Denoiser.Network is UNet { Options: { SaysVariance: true } options })
            throw SchedulerConfigWriter.Unsupported(
                $"a network of flow matching must return images alone, but has {options.OutputChannels} output channels for images of "
                + $"{options.Image.Channels}");
        var name = parts.Sampler switch
        {
            EulerSampler { Eta: 0, Churn: null, End: SamplingEnd.Data } => Euler,
            HeunSampler { InFlowTime: true, Churn: null, End: SamplingEnd.Data } => Heun,
            var other => throw SchedulerConfigWriter.Unsupported(
                $"the sampler of flow matching must be Euler's or Heun's in flow time, without noise and to the data, but is {other}"),
        };
        if (parts.Sampler is not GridSampler { Spacing: var spacing } || spacing.Count is not { } count
            || !spacing.Select(parts.Process.Path).SequenceEqual(TimestepSpacing.FlowTime(count, schedule.Shift).Select(parts.Process.Path)))
            throw SchedulerConfigWriter.Unsupported("the times must be spaced evenly and shifted as the process is, but are not");
        return (name, new Dictionary<string, object?> { ["_class_name"] = name, ["num_train_timesteps"] = steps, ["shift"] = schedule.Shift });
    }

    private static GridSampler Sampler(string name) => name == Euler ? new EulerSampler() : new HeunSampler { InFlowTime = true };
}
