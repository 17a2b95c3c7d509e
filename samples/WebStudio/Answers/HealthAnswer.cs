namespace Ddpm.Samples.WebStudio;

/// <summary>How the studio is, and its models.</summary>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthEntry> Models);
