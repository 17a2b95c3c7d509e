namespace Ddpm;

/// <summary>√β rises linearly: the schedule of latent diffusion (Rombach et al. 2022).</summary>
public sealed class ScaledLinearSchedule : INoiseSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">T, 1 to 1,000,000.</param>
    /// <param name="first">β of the first step; 0 &lt; first ≤ last &lt; 1.</param>
    /// <param name="last">β of the last step.</param>
    /// <exception cref="ArgumentException">The rule for first and last is broken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Steps are out of range.</exception>
    public ScaledLinearSchedule(int steps = 1000, double first = 1e-4, double last = 0.02)
    {
        Grid.CheckSteps(steps);
        Grid.CheckRange(first, last);
        (First, Last) = (first, last);
        Betas = Array.AsReadOnly(Array.ConvertAll(Grid.Linspace(Math.Sqrt(first), Math.Sqrt(last), steps), root => root * root));
    }

    /// <summary>β of the first step.</summary>
    public double First { get; }

    /// <summary>β of the last step.</summary>
    public double Last { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }
}
