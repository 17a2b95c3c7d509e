namespace Ddpm.Schedules;

/// <summary>
/// The log-SNR is Laplace distributed over the steps (Hang et al. 2024): most of them in the middle, where noise and image are equal. β at most
/// 0.999.
/// </summary>
public sealed record LaplaceSchedule : INoiseSchedule
{
    /// <summary>Makes the schedule, with location 0 and scale 1/2.</summary>
    /// <param name="steps">T, 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">Steps are out of range.</exception>
    public LaplaceSchedule(int steps = 1000) => Betas = EquatableList.Of(Grid.FromSignal(SquareRootOfAlphaBar, steps));

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Its kind and steps: "laplace 1000".</summary>
    public override string ToString() => FormattableString.Invariant($"laplace {Betas.Count}");

    // ᾱ = s/(1 + s) with the SNR s; as diffusers has it, the square root is taken for ᾱ.
    private static double SquareRootOfAlphaBar(double u)
    {
        var s = Math.Exp(-0.5 * (u <= 0.5 ? 1 : -1) * Math.Log(1 - 2 * Math.Abs(0.5 - u) + 1e-6));
        return Math.Sqrt(s / (1 + s));
    }
}
