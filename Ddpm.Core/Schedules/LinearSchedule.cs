namespace Ddpm.Schedules;

/// <summary>β rises linearly: the schedule of Ho et al. 2020, section 4 (1e-4 to 0.02 in 1,000 steps).</summary>
public sealed record LinearSchedule : INoiseSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">T, 1 to 1,000,000.</param>
    /// <param name="first">β of the first step; 0 &lt; first ≤ last &lt; 1. null: 1e-4 · 1000/T.</param>
    /// <param name="last">
    /// β of the last step. null: 0.02 · 1000/T, so that the process ends in noise whatever T; below 40 steps both are what 1000/T steps add together.
    /// </param>
    /// <exception cref="ArgumentException">The rule for first and last is broken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Steps are out of range.</exception>
    public LinearSchedule(int steps = 1000, double? first = null, double? last = null)
    {
        Grid.CheckSteps(steps);
        (First, Last) = Grid.Range(steps, first, last);
        Betas = EquatableList.Of(Grid.Linspace(First, Last, steps));
    }

    /// <summary>β of the first step.</summary>
    public double First { get; }

    /// <summary>β of the last step.</summary>
    public double Last { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Its kind, steps and ends: "linear 1000, 0.0001 to 0.02".</summary>
    public override string ToString() => FormattableString.Invariant($"linear {Betas.Count}, {First} to {Last}");
}
