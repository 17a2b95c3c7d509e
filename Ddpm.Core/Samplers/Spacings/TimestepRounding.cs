namespace Ddpm.Samplers;

/// <summary>How diffusers rounds the steps that it tells a network at the points of a spacing.</summary>
internal enum TimestepRounding
{
    /// <summary>As the sampler does anywhere: to the nearest in solvers of λ, not at all in others.</summary>
    BySampler,

    /// <summary>To the nearest whole step.</summary>
    Nearest,

    /// <summary>Down to a whole step in solvers of λ, not at all in others.</summary>
    Down,
}
