using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>Whether network, process and sampler agree on who says the variance.</summary>
internal sealed class VarianceCheck : ICheck
{
    private static readonly FindingKind Ignored = FindingKind.Warning("variance-ignored"), Unused = FindingKind.Note("variance-not-used");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Ignored, Unused];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Diffusion is not { } model)
            yield break;
        var (variance, channels) = (model.Prediction.Parameterization.Variance, model.Denoiser.Traits.OutputChannels);
        if (variance == LearnedVariance.None && channels == 2 * model.Image.Channels)
            yield return Ignored.Found(
                $"The network returns {channels} channels for images of {model.Image.Channels}, as if for the variance; the process does not ask.",
                "If it learned the variance, set the variance to range (diffusers: variance_type learned_range).");
        if (variance != LearnedVariance.None && model.Sampler is not AncestralSampler)
            yield return Unused.Found(
                $"The network says the variance ({variance}), but the sampler, {model.Sampler.GetType().Name}, does not use it.",
                "Nothing need be done; the ancestral sampler uses it.");
    }
}
