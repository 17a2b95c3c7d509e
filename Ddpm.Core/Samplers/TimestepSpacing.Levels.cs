namespace Ddpm.Samplers;

public abstract partial record TimestepSpacing
{
    /// <summary>Levels ρ whose p-th roots are evenly spaced (Karras et al. 2022, equation 5). The network is told fractional steps.</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    /// <param name="power">p, &gt; 0.</param>
    public static TimestepSpacing Karras(int count, double? highest = null, double? lowest = null, double power = 7) =>
        new KarrasLevels(count, highest, lowest, power);

    /// <summary>Levels ρ by a constant factor, which are evenly spaced in λ (Lu et al. 2022).</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    public static TimestepSpacing Exponential(int count, double? highest = null, double? lowest = null) =>
        new ExponentialLevels(count, highest, lowest, TimestepRounding.Down);

    /// <summary>Levels ρ with ln ρ a power of the step's number: ln ρ = ln lowest + (1-u)^p ln(highest/lowest), u from 0 to 1.</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    /// <param name="power">p, &gt; 0.</param>
    public static TimestepSpacing Polyexponential(int count, double? highest = null, double? lowest = null, double power = 1) =>
        new PolyexponentialLevels(count, highest, lowest, power);

    /// <summary>
    /// Levels of the continuous variance-preserving process (Song et al. 2021, SDE): ρ² = exp(b v²/2 + a v) - 1, v from 1 down to <paramref
    /// name="smallest"/>.
    /// </summary>
    /// <param name="count">n.</param>
    /// <param name="b">How fast β rises.</param>
    /// <param name="a">β at the start.</param>
    /// <param name="smallest">The last v, in (0, 1].</param>
    public static TimestepSpacing Vp(int count, double b = 19.9, double a = 0.1, double smallest = 1e-3) =>
        new VpLevels(count, b, a, smallest);

    /// <summary>
    /// Times of flow matching, τ = ρ/(1 + ρ), the share of noise where image and noise sum to 1: evenly spaced from pure noise, τ = 1, down (from
    /// the last step's τ in a process that does not end in pure noise), then shifted to τ' = s τ/(1 + (s-1) τ), s times the τ/(1-τ) (Esser et al.
    /// 2024, equation 23).
    /// </summary>
    /// <param name="count">n.</param>
    /// <param name="shift">s, &gt; 0: above 1 there are more steps in much noise, as large images need. 1: none.</param>
    /// <param name="lowest">The last τ before the shift, in (0, 1); null: step 0's, as flow matching's own schedulers have it. Multistep solvers in λ
    /// (DPM-Solver, UniPC, SA-Solver) want 1/n: from there to step 0 is too long a step in λ for them to extrapolate over.</param>
    public static TimestepSpacing FlowTime(int count, double shift = 1, double? lowest = null) => new FlowTimes(count, shift, lowest);

    /// <summary>The levels ρ given, from high to low, all above 0; the first may be +∞, pure noise.</summary>
    public static TimestepSpacing Levels(params IReadOnlyList<double> rhos)
    {
        ArgumentNullException.ThrowIfNull(rhos);
        return new ListedLevels(rhos);
    }
}
