namespace Ddpm.Schedules;

/// <summary>
/// The straight line (1 - τ) x_0 + τ ε of flow matching (Liu et al. 2023; Lipman et al. 2023), as a table of betas: step t is at τ = (t+1)/T, shifted
/// (Esser et al. 2024, equation 23), the last one in pure noise. Training and sampling visit times between the steps too.
/// </summary>
public sealed record FlowMatchingSchedule : INoiseSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">T, 2 to 1,000,000.</param>
    /// <param name="shift">s, above 0: τ' = s τ/(1 + (s - 1) τ). 1: not shifted; 3 in Stable Diffusion 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public FlowMatchingSchedule(int steps = 1000, double shift = 1)
    {
        Grid.CheckSteps(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        Shift = PositiveArgument.Check(shift, nameof(shift), "The shift");
        var times = Enumerable.Range(1, steps).Select(i => FlowShift.Apply((double)i / steps, shift));
        Betas = Array.AsReadOnly(Grid.FromRhos([.. times.Select(τ => τ / (1 - τ))]));
    }

    /// <summary>s.</summary>
    public double Shift { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Whether the other has the same steps and shift.</summary>
    public bool Equals(FlowMatchingSchedule? other) => other is not null && (Betas.Count, Shift) == (other.Betas.Count, other.Shift);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Betas.Count, Shift);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"flow matching, {Betas.Count} steps, shift {Shift}");
}
