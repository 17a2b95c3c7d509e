namespace Ddpm.Samples.WebStudio;

/// <summary>A step of work that shows no frames.</summary>
internal sealed record ProgressEvent(int Step, int Steps);
