namespace Ddpm;

/// <summary>
/// α, σ, ρ and λ by step, fractional steps included, and back. Double throughout. A schedule whose last β is 1 ends in pure noise: α = 0, ρ = +∞.
/// </summary>
public sealed class DiffusionPath
{
    /// <summary>ρ where grids and fractional steps begin if the last step is pure noise: ᾱ = 2⁻²⁴.</summary>
    private const double LargestFiniteRho = 4096;

    /// <summary>
    /// ρ above which x tells a network nothing of its image; the paper's linear schedule ends just below, at 157, a cosine schedule at 20,000.
    /// </summary>
    internal const double LargestInformativeRho = 160;

    private readonly double[] betas, alphaBars, rhos;
    private DiffusionPath? inSinglePrecision;

    /// <summary>Reads the schedule once; later changes of it are not seen.</summary>
    /// <exception cref="ArgumentException">The schedule has no betas, or one outside (0, 1) that is not a last one of 1.</exception>
    public DiffusionPath(INoiseSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        betas = BetaTable.Copy(schedule.Betas, nameof(schedule));
        alphaBars = new double[betas.Length];
        var product = 1.0;
        for (var t = 0; t < betas.Length; t++)
            alphaBars[t] = product *= 1 - betas[t];
        if (!(product > 0 || (betas is [.., _, 1] && alphaBars[^2] > 0)))
            throw new ArgumentException(
                "The product of all 1 - beta must stay above 0, but it underflows: the betas are too large for so many steps.", nameof(schedule));
        rhos = Array.ConvertAll(alphaBars, alphaBar => Math.Sqrt((1 - alphaBar) / alphaBar));
    }

    /// <summary>T.</summary>
    public int Steps => betas.Length;

    /// <summary>
    /// The same path from tables as PyTorch's users have them: β, 1 - β and each ᾱ rounded to float32, their running product in double. It matters
    /// where ᾱ is almost 1: for levels that begin or end there, and for steps found by level.
    /// </summary>
    internal DiffusionPath InSinglePrecision => inSinglePrecision ??= Rounded();

    /// <summary>β_t; t from 0 to T-1.</summary>
    public double Beta(int t) => betas[Check(t, 0)];

    /// <summary>ᾱ_t, the product of all 1 - β up to t; 1 at t = -1, the data.</summary>
    public double AlphaBar(int t) => Check(t, -1) < 0 ? 1 : alphaBars[t];

    /// <summary>The point of step t; t from 0 to T-1, or -1 for the data.</summary>
    public DiffusionPoint At(int t) => Check(t, -1) < 0 ? DiffusionPoint.Data : new(t, Math.Sqrt(alphaBars[t]), Math.Sqrt(1 - alphaBars[t]));

    /// <summary>ρ of the last step, for a path to pure noise a large number instead of infinity: where samplers in ρ or λ begin.</summary>
    public double HighestRho => double.IsInfinity(rhos[^1]) ? LargestFiniteRho : rhos[^1];

    /// <summary>
    /// √ᾱ of the last step: the share of an image that is left where a run begins, as if there were none, with unit noise. 0.006 for Ho et al. 2020.
    /// Where it is large, images come out with too little contrast: at 0.8, the betas 1e-4 to 0.02 in 50 steps, with next to none.
    /// </summary>
    public double SignalLeft => Math.Sqrt(alphaBars[^1]);

    /// <summary>ρ of step 0.</summary>
    public double LowestRho => rhos[0];

    /// <summary>The point of a fractional step; ρ is linear between whole steps.</summary>
    /// <param name="t">0 to T-1.</param>
    public DiffusionPoint At(double t)
    {
        if (!(t >= 0 && t <= Steps - 1))
            throw new ArgumentOutOfRangeException(nameof(t), t, $"A fractional step must be in 0..{Steps - 1}.");
        var below = (int)t;
        if (below == t)
            return At(below);
        return FromRho(rhos[below] + (t - below) * (FiniteRho(rhos[below + 1], rhos[below]) - rhos[below]), t);
    }

    /// <summary>The point with a given ρ = σ/α; its t is linear in ln ρ between whole steps, and stays in 0..T-1.</summary>
    /// <param name="rho">≥ 0; +∞ is pure noise.</param>
    public DiffusionPoint AtRho(double rho)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rho);
        if (rho == 0)
            return DiffusionPoint.Data;
        var above = Array.BinarySearch(rhos, rho);
        if (above >= 0)
            return At(above);
        above = ~above;
        var t = above == 0 ? 0
            : above == Steps ? Steps - 1
            : above - 1 + Math.Log(rho / rhos[above - 1]) / Math.Log(rhos[above] / rhos[above - 1]);
        return FromRho(rho, t);
    }

    /// <summary>The point with a given time of flow matching, τ = σ/(α + σ): ρ = τ/(1 - τ).</summary>
    /// <param name="time">0 (the data) to 1 (pure noise).</param>
    public DiffusionPoint AtFlowTime(double time) => time is >= 0 and <= 1
        ? AtRho(time / (1 - time))
        : throw new ArgumentOutOfRangeException(nameof(time), time, "The time of flow matching must be in 0..1.");

    /// <summary>ρ itself; for pure noise a finite one, so large that it is still above the next level's.</summary>
    internal static double FiniteRho(double rho, double next) => double.IsInfinity(rho) ? Math.Max(LargestFiniteRho, 2 * next) : rho;

    // A path that float32 cannot hold stays as it is.
    private DiffusionPath Rounded()
    {
        var (product, previous) = (1.0, 1.0);
        var rounded = new double[betas.Length];
        for (var t = 0; t < betas.Length; t++)
        {
            product *= 1 - (float)betas[t];
            var before = previous;
            previous = (float)product;
            rounded[t] = 1 - previous / before;
            if (!(rounded[t] > 0 && (rounded[t] < 1 || betas[t] == 1)))
                return this;
        }
        return new(new Table(rounded));
    }

    private static DiffusionPoint FromRho(double rho, double t)
    {
        var alpha = 1 / Math.Sqrt(1 + rho * rho);
        return new(t, alpha, double.IsInfinity(rho) ? 1 : rho * alpha);
    }

    private int Check(int t, int first) => t >= first && t < Steps
        ? t
        : throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be in {first}..{Steps - 1}.");

    private sealed record Table(IReadOnlyList<double> Betas) : INoiseSchedule;
}
