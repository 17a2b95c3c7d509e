namespace Ddpm.Samples.WebStudio;

/// <summary>A step of the images of a request; the files are PNGs.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Steps">In all.</param>
/// <param name="T">The step of the process that the images are at; -1 at the end.</param>
/// <param name="Noisy">x_t.</param>
/// <param name="Estimates">What the network takes x_0 to be.</param>
internal sealed record FrameEvent(int Step, int Steps, double T, IReadOnlyList<byte[]> Noisy, IReadOnlyList<byte[]> Estimates);
