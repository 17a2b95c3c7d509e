namespace Ddpm.Schedules;

/// <summary>ᾱ falls along a squared cosine, β at most 0.999 (Nichol and Dhariwal 2021, equation 17).</summary>
public sealed record CosineSchedule : INoiseSchedule
{
    private const double Offset = 0.008;

    /// <summary>Makes the schedule.</summary>
    /// <param name="steps">T, 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">Steps are out of range.</exception>
    public CosineSchedule(int steps = 1000) => Betas = EquatableList.Of(Grid.FromSignal(F, steps));

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Its kind and steps: "cosine 1000".</summary>
    public override string ToString() => FormattableString.Invariant($"cosine {Betas.Count}");

    // Eq. (17):  f(u) = cos²((u + s)/(1 + s) · π/2),  ᾱ_t = f(t/T)/f(0)
    private static double F(double u) => Math.Pow(Math.Cos((u + Offset) / (1 + Offset) * Math.PI / 2), 2);
}
