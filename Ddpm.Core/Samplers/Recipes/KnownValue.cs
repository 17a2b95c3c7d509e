using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>A value that a solver knows: x_0 or ε, and where it was evaluated.</summary>
internal readonly record struct KnownValue(DiffusionPoint At, Tensor Value);
