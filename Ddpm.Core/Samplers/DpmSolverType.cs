namespace Ddpm.Samplers;

/// <summary>How a second-order step of <see cref="DpmSolver"/> uses its two values.</summary>
public enum DpmSolverType
{
    /// <summary>As if they were half a step apart from the first: the authors' choice.</summary>
    Midpoint,

    /// <summary>By the exact integral of the line through them.</summary>
    Heun,
}
