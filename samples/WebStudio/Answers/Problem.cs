namespace Ddpm.Samples.WebStudio;

/// <summary>What went wrong (RFC 9457), with what a program needs to say it in its own words.</summary>
internal sealed record Problem(string Title, int Status, string Detail, string? Field, string? Rule, string? Value, int? RetryAfter);
