namespace Ddpm.Samplers;

/// <summary>How the moment m_1 of a step with two nodes is replaced; all choices are of second order.</summary>
internal enum SecondOrderRule
{
    /// <summary>Not: the exact integral of the line.</summary>
    None,

    /// <summary>By m_0/2: the midpoint of DPM-Solver, B_2(h) of UniPC.</summary>
    Half,

    /// <summary>By z/2: B_1(h) of UniPC, and SA-Solver.</summary>
    Z,
}
