using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// The state after an evaluation of the network. Whoever receives it disposes it, and does not write into its tensors. Its tensors belong to no
/// dispose scope: a scope that is open while a run goes on does not free them.
/// </summary>
/// <param name="Step">Number of the evaluation, 0-based. Most samplers need one a step.</param>
/// <param name="Steps">How many evaluations the run has.</param>
/// <param name="At">Where on the path <paramref name="X"/> is.</param>
/// <param name="X">The state, [N, C, H, W].</param>
/// <param name="X0">What the network took x_0 to be in this evaluation, [N, C, H, W].</param>
public sealed record SamplingFrame(int Step, int Steps, DiffusionPoint At, Tensor X, Tensor X0) : IDisposable
{
    /// <summary>The step of the process that <see cref="X"/> is at, falling to 0, then -1 for x_0; fractional for some samplers.</summary>
    public double T => At.T;

    /// <summary>True in the middle of a step: <see cref="X"/> only serves to ask the network again.</summary>
    public bool IsInner { get; init; }

    /// <summary>True for the frame that holds the result.</summary>
    public bool IsLast => Step == Steps - 1;

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        X.Dispose();
        X0.Dispose();
    }
}
