namespace Ddpm.Samples.WebStudio;

/// <summary>What requests may ask for.</summary>
internal sealed record LimitsEntry(int Images, int Steps, int UploadBytes, long UploadPixels, ulong Seed, int InpaintingSteps, int Resamplings);
