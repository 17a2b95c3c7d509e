namespace Ddpm.Hosting;

/// <summary>What a service's model makes.</summary>
/// <param name="Image">C, H, W of its images.</param>
/// <param name="Steps">T, the steps of its process.</param>
/// <param name="Classes">How many classes it has; null for none.</param>
/// <param name="ClassNames">Their names, by label; null if they are not known.</param>
/// <param name="TakesGuidance">Whether a request may ask for classifier-free guidance: the network has a null class.</param>
/// <param name="Device">Where it computes, as "cpu" or "cuda:0".</param>
public sealed record DiffusionModelInfo(
    ImageShape Image, int Steps, int? Classes, IReadOnlyList<string>? ClassNames, bool TakesGuidance, string Device)
{
    /// <summary>Their names, by label; null if they are not known.</summary>
    public IReadOnlyList<string>? ClassNames { get; init => field = EquatableList.Of(value); } = EquatableList.Of(ClassNames);

    /// <summary>That of a model.</summary>
    /// <param name="diffusion">The model.</param>
    public static DiffusionModelInfo Of(Diffusion diffusion)
    {
        ArgumentNullException.ThrowIfNull(diffusion);
        var traits = diffusion.Denoiser.Traits;
        return new(
            diffusion.Image, diffusion.Process.Steps, traits.Classes is > 0 and var classes ? classes : null, diffusion.ClassNames,
            traits.NullClass is not null, diffusion.Device.ToString());
    }
}
