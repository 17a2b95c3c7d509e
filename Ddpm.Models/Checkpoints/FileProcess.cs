using Ddpm.Parameterizations;
using Ddpm.Samplers;

namespace Ddpm;

/// <summary>
/// The process of a file of weights, which says nothing of it. Families whose program has one process have that; of others what is missing is asked
/// for, because another process than the network was trained for makes other images without a word.
/// </summary>
internal static class FileProcess
{
    // Networks of rescaled steps are told t · 1000/T.
    private const double RescaledTo = 1000;

    /// <param name="weights">The file.</param>
    /// <param name="network">What it holds.</param>
    /// <param name="given">What was said with the file.</param>
    /// <param name="sampler">The builder's; null: none was given.</param>
    /// <param name="prediction">The builder's.</param>
    /// <param name="process">The builder's.</param>
    /// <param name="hasSchedule">Whether the builder was given a schedule.</param>
    /// <exception cref="DiffusionConfigurationException">Something must be said; it lists all of that.</exception>
    internal static (ISampler Sampler, PredictorOptions Prediction) Of(
        CheckpointWeights weights, UNetOptions network, PretrainedOptions given, ISampler? sampler, PredictorOptions prediction,
        GaussianDiffusion process, bool hasSchedule)
    {
        var faults = new List<string>();
        var isGuided = weights.Layout == Layouts.Guided;
        var tellsSteps = prediction.Parameterization is { TimeInput: TimeConditioning.Step, TimeFactor: 1 };
        if (isGuided && !hasSchedule && given.Schedule is null)
            faults.Add(
                $"{weights.File}: a file of the {weights.Layout.Name} layout does not say its process: give {nameof(PretrainedOptions.Schedule)} "
                + "(linear of 1,000 steps for guided-diffusion's published models, cosine of 1,000 for its 64 x 64 ones; cosine of 4,000 for "
                + "improved-diffusion's CIFAR-10 and unconditional ImageNet).");
        else if (isGuided && given.RescaledSteps is null && process.Steps != RescaledTo && tellsSteps)
            faults.Add(
                $"{weights.File}: with {process.Steps} steps it matters whether the network is told t or t times {RescaledTo}/{process.Steps}: give "
                + $"{nameof(PretrainedOptions.RescaledSteps)} (rescale_timesteps: true in improved-diffusion, false in guided-diffusion).");
        var parameterization = prediction.Parameterization;
        if (given.RescaledSteps is not null && !tellsSteps)
            faults.Add($"What the network is told must be said once, but {nameof(PretrainedOptions.RescaledSteps)} and a "
                + $"{nameof(Parameterization)} that tells something else were given.");
        else if (given.RescaledSteps == true)
            parameterization = parameterization with { TimeFactor = RescaledTo / process.Steps };
        if (given.LearnedVariance is not null && parameterization.Variance != LearnedVariance.None)
            faults.Add($"What the network says of the variance must be said once, but {nameof(PretrainedOptions.LearnedVariance)} and a "
                + $"{nameof(Parameterization)} with {parameterization.Variance} were given.");
        // A network of our own, or of a folder, comes with its description.
        if (sampler is null && given.LearnedVariance is null && parameterization.Variance == LearnedVariance.None && network.SaysVariance && !isGuided
            && weights.Layout.Constants is not null)
            faults.Add(
                $"{weights.File}: the network has {network.OutputChannels} output channels for images of {network.Image.Channels}, so it says a "
                + $"variance, but not of which kind: give {nameof(PretrainedOptions.LearnedVariance)}, or a sampler.");
        if (faults.Count > 0)
            throw new DiffusionConfigurationException(faults);
        if (parameterization.Variance == LearnedVariance.None)
            parameterization = parameterization with
            {
                Variance = given.LearnedVariance ?? (isGuided && network.SaysVariance ? LearnedVariance.Range : LearnedVariance.None),
            };
        return (sampler ?? new AncestralSampler(), prediction with { Parameterization = parameterization });
    }
}
