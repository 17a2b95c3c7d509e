using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// Noise added at the start of a step, which starts from the higher level then (Karras et al. 2022, algorithm 2). Levels are ρ = σ/α.
/// </summary>
public sealed record Churn
{
    private static readonly double LargestGamma = Math.Sqrt(2) - 1;

    /// <summary>S_churn, ≥ 0: the level rises by γ = min(S_churn/n, √2 - 1) of itself in a run of n steps.</summary>
    public required double Amount
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Amount), value, "The amount of churn must be at least 0.");
    }

    /// <summary>S_tmin: steps below this level are left alone. 0 by default.</summary>
    public double LowestRho { get; init; }

    /// <summary>S_tmax: steps above this level are left alone. +∞ by default.</summary>
    public double HighestRho { get; init; } = double.PositiveInfinity;

    /// <summary>S_noise: the deviation of the noise. 1 by default.</summary>
    public double Noise { get; init; } = 1;

    // x̂/α̂ = x/α + √(ρ̂² - ρ²) S_noise z. It draws in every step, also where γ = 0, unless told otherwise.
    internal (Tensor X, DiffusionPoint At) Apply(SamplingRun run, Tensor x, DiffusionPoint at, int steps, bool drawsAlways)
    {
        var γ = at.Rho >= LowestRho && at.Rho <= HighestRho && double.IsFinite(at.Rho) ? Math.Min(Amount / steps, LargestGamma) : 0;
        if (γ == 0 && !drawsAlways)
            return (x, at);
        var z = run.Draw(x);
        if (γ == 0)
            return (x, at);
        var hat = run.Path.AtRho(at.Rho * (1 + γ));
        return (run.Sum((hat.Alpha / at.Alpha, x), (hat.Alpha * Noise * Math.Sqrt(hat.Rho * hat.Rho - at.Rho * at.Rho), z)), hat);
    }
}
