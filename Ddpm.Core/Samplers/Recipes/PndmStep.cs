namespace Ddpm.Samplers;

/// <summary>
/// A step with its middle: where the second state is put, and where the network is told that it and the third are. The two are one but in diffusers.
/// </summary>
internal readonly record struct PndmStep(DiffusionPoint From, DiffusionPoint Near, DiffusionPoint Middle, DiffusionPoint To);
