using Ddpm.Hosting;

namespace Ddpm.Samples.WebStudio;

/// <summary>A model and what is known of it when the studio has begun.</summary>
/// <param name="Service">It.</param>
/// <param name="Info">What it makes.</param>
/// <param name="Process">Its forward process, which needs no network and so no turn.</param>
/// <param name="OwnSteps">The steps of its own sampler; null: they cannot be told.</param>
/// <param name="Samplers">Those that fit its process, with their usual steps.</param>
internal sealed record StudioModel(
    IDiffusionService Service, DiffusionModelInfo Info, GaussianDiffusion Process, int? OwnSteps, IReadOnlyList<SamplerEntry> Samplers)
{
    /// <summary>By which it was given.</summary>
    public string Name => Service.Name;

    /// <summary>Of several requests' images, and of one request's, each has the same bits as alone.</summary>
    public required IInferenceBackend Backend { get; init; }
}
