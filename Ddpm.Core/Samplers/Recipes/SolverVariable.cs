namespace Ddpm.Samplers;

/// <summary>Which value a solver takes for a polynomial, and of what, between the points where it knows it.</summary>
internal enum SolverVariable
{
    /// <summary>x_0 of λ (DPM-Solver++, UniPC, SA-Solver).</summary>
    Data,

    /// <summary>ε of λ (DPM-Solver, DEIS).</summary>
    Noise,

    /// <summary>ε of ρ (Heun, LMS).</summary>
    Rho,

    /// <summary>ε - x_0 of the time of flow matching, τ = σ/(α + σ) (Heun for flow matching).</summary>
    FlowTime,

    /// <summary>ε of the step's number (PNDM): Adams-Bashforth's fixed weights.</summary>
    Index,
}
