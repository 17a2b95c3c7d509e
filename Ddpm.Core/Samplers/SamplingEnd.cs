namespace Ddpm.Samplers;

/// <summary>Where the last step of a run leads.</summary>
public enum SamplingEnd
{
    /// <summary>To x_0: no noise is left.</summary>
    Data,

    /// <summary>To step 0 of the process, which keeps its little noise: solvers of higher order may be too eager in a step to x_0.</summary>
    FirstStep,
}
