namespace Ddpm.Samples.WebStudio;

/// <summary>x_t of a picture.</summary>
/// <param name="T">The step of the process.</param>
/// <param name="Signal">α_t: how much of the picture.</param>
/// <param name="Noise">σ_t: how much noise.</param>
/// <param name="Image">A PNG.</param>
internal sealed record ForwardFrame(int T, double Signal, double Noise, byte[] Image);
