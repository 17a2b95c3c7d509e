namespace Ddpm.Evaluation;

/// <summary>What a step of the reverse process adds to the bound, as a mean over the images.</summary>
/// <param name="T">The step that it starts from; 0 (or the last step visited): to the data.</param>
/// <param name="Bits">L_{t-1}, or L_0 for the step to the data, in bits a value.</param>
/// <param name="X0Error">Mean squared error of x_0 as predicted (and clipped).</param>
/// <param name="EpsilonError">Mean squared error of ε, as it follows from that x_0.</param>
public readonly record struct BoundTerm(double T, double Bits, double X0Error, double EpsilonError);
