namespace Ddpm.Samples.WebStudio;

/// <summary>How a part is, and why.</summary>
internal sealed record HealthEntry(string Name, string Status, string? Description);
