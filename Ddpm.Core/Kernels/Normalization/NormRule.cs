using Ddpm.Noise;

namespace Ddpm.Kernels;

/// <summary>What follows group normalisation, and in how many groups.</summary>
/// <param name="Groups">They divide the channels.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Silu">Whether SiLU follows.</param>
/// <param name="Mask">Dropout after SiLU; null: none.</param>
internal sealed record NormRule(int Groups, double Epsilon, bool Silu = false, MaskRule? Mask = null);
