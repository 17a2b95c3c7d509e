namespace Ddpm.Hosting;

/// <summary>What images must have in common to go through the network together.</summary>
/// <param name="Service">The model.</param>
/// <param name="Sampler">Its name; null for the model's own.</param>
/// <param name="Steps">The sampler's steps.</param>
/// <param name="Guidance">The scale.</param>
/// <param name="HasLabels">Whether the images have classes.</param>
internal sealed record GenerationKind(DiffusionService Service, string? Sampler, int? Steps, double? Guidance, bool HasLabels);
