namespace Ddpm.Schedules;

/// <summary>
/// A ladder of noise levels ρ = σ/α by a constant factor, on which networks of Karras et al. 2022 (EDM) live: a table of betas whose process is
/// x_0 + ρ ε but for its scale. Training and sampling of EDM visit levels between the rungs too.
/// </summary>
public sealed record EdmSchedule : INoiseSchedule
{
    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">T, 2 to 1,000,000.</param>
    /// <param name="lowest">ρ of step 0, above 0; σ_min = 0.002 in the paper.</param>
    /// <param name="highest">ρ of the last step, above the lowest and finite; σ_max = 80 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">Steps are out of range.</exception>
    /// <exception cref="ArgumentException">The rule for the levels is broken.</exception>
    public EdmSchedule(int steps = 1000, double lowest = 0.002, double highest = 80)
    {
        Grid.CheckSteps(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (!(lowest > 0 && lowest < highest && highest < double.PositiveInfinity))
            throw new ArgumentException($"Levels must satisfy 0 < lowest < highest, but lowest is {lowest} and highest is {highest}.");
        (LowestRho, HighestRho) = (lowest, highest);
        var exponents = Grid.Linspace(Math.Log(lowest), Math.Log(highest), steps);
        Betas = Array.AsReadOnly(Grid.FromRhos(Array.ConvertAll(exponents, Math.Exp)));
    }

    /// <summary>ρ of step 0.</summary>
    public double LowestRho { get; }

    /// <summary>ρ of the last step.</summary>
    public double HighestRho { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Whether the other has the same steps and levels.</summary>
    public bool Equals(EdmSchedule? other) =>
        other is not null && (Betas.Count, LowestRho, HighestRho) == (other.Betas.Count, other.LowestRho, other.HighestRho);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Betas.Count, LowestRho, HighestRho);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"EDM, {Betas.Count} steps, rho {LowestRho} to {HighestRho}");
}
