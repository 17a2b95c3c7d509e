using Ddpm.Training;

namespace Ddpm;

/// <summary>
/// A published training: the model, the recipe, and what about them differs from the publication. <see cref="ToBuilder"/> builds the model,
/// <see cref="Diffusion.Train"/> takes the <see cref="Options"/>; both can be changed, and <see cref="DifferencesOf"/> tells in what they were.
/// </summary>
public sealed record TrainingPreset
{
    /// <summary>A short name.</summary>
    public required string Name { get; init; }

    /// <summary>The paper and section, and the program whose settings these are.</summary>
    public required string Source { get; init; }

    /// <summary>The recipe.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>The noise schedule.</summary>
    public required INoiseSchedule Schedule { get; init; }

    /// <summary>The network.</summary>
    public required UNetOptions Network { get; init; }

    /// <summary>What the network is shown, told and asked for, and how x_0 is clipped.</summary>
    public required PredictorOptions Prediction { get; init; }

    /// <summary>The sampler.</summary>
    public required ISampler Sampler { get; init; }

    /// <summary>What is not as published and cannot be had by options of this library, a sentence each.</summary>
    public required IReadOnlyList<string> Differences { get; init => field = EquatableList.Of(value); }

    /// <summary>A builder with the model's schedule, UNet, prediction, training levels and sampler, any of which can be replaced.</summary>
    public DiffusionBuilder ToBuilder() => new DiffusionBuilder().WithSchedule(Schedule).WithPrediction(Prediction).WithUNet(Network)
        .WithSampler(Sampler).WithTrainingLevels(Options.Levels ?? TrainingLevels.Uniform);

    /// <summary>What somebody has changed about the preset: steps, batch, rates, averages, schedule, network.</summary>
    /// <param name="options">The recipe of a run.</param>
    /// <param name="diffusion">Its model.</param>
    /// <returns>A sentence each, numbers the same in every culture; none: it is the preset. <see cref="Differences"/> come on top.</returns>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    public IReadOnlyList<string> DifferencesOf(TrainingOptions options, Diffusion diffusion)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(diffusion);
        Reflection.Check("Comparing a training with a preset");
        return PresetDifferences.Of(this, options, diffusion);
    }
}
