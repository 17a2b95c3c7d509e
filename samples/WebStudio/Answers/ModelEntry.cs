namespace Ddpm.Samples.WebStudio;

/// <summary>A model, as clients see it.</summary>
internal sealed record ModelEntry(
    string Name, int Channels, int Height, int Width, int Steps, int? OwnSteps, int? Classes, IReadOnlyList<string>? ClassNames, bool Guidance,
    string Device, IReadOnlyList<SamplerEntry> Samplers);
