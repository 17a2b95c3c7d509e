namespace Ddpm;

/// <summary>Which number of a point of the path a network is told.</summary>
public enum PointMeasure
{
    /// <summary>The step t, 0-based.</summary>
    Step,

    /// <summary>ρ = σ/α.</summary>
    Rho,

    /// <summary>ln ρ.</summary>
    LogRho,
}
