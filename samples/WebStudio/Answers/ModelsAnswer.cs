namespace Ddpm.Samples.WebStudio;

/// <summary>The models and the limits.</summary>
internal sealed record ModelsAnswer(IReadOnlyList<ModelEntry> Models, LimitsEntry Limits);
