using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The state at the end of one step. Whoever receives it disposes it, and does not write into its tensors.</summary>
/// <param name="Step">Number of the step, 0-based.</param>
/// <param name="Steps">How many steps the run has.</param>
/// <param name="T">The step of the process that <paramref name="X"/> is at: T-2 … 0, then -1 for x_0.</param>
/// <param name="X">The state, [N, C, H, W].</param>
/// <param name="X0">What the network took x_0 to be in this step, [N, C, H, W].</param>
public sealed record SamplingFrame(int Step, int Steps, double T, Tensor X, Tensor X0) : IDisposable
{
    /// <summary>True for the frame that holds the result.</summary>
    public bool IsLast => Step == Steps - 1;

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        X.Dispose();
        X0.Dispose();
    }
}
