namespace Ddpm.Parameterizations;

/// <summary>Which number of a point of the path a network is told.</summary>
public enum TimeConditioning
{
    /// <summary>The step t, 0-based.</summary>
    Step,

    /// <summary>ρ = σ/α.</summary>
    Rho,

    /// <summary>ln ρ.</summary>
    LogRho,

    /// <summary>
    /// φ = arctan ρ, the angle of Salimans and Ho 2022, where α = cos φ and σ = sin φ; 2/π times it is the time of a cosine schedule.
    /// </summary>
    Angle,

    /// <summary>The time of flow matching, τ = σ/(α + σ): 0 at the data, 1 in pure noise.</summary>
    FlowTime,
}
