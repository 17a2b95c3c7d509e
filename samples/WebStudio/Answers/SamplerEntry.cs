namespace Ddpm.Samples.WebStudio;

/// <summary>A sampler and how many steps it usually takes.</summary>
internal sealed record SamplerEntry(string Name, int Steps);
