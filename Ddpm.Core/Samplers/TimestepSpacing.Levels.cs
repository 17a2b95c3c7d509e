namespace Ddpm;

public sealed partial class TimestepSpacing
{
    /// <summary>Levels ρ whose p-th roots are evenly spaced (Karras et al. 2022, equation 5). The network is told fractional steps.</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    /// <param name="power">p, &gt; 0.</param>
    public static TimestepSpacing Karras(int count, double? highest = null, double? lowest = null, double power = 7)
    {
        CheckPower(power);
        return Ramp("karras", count, highest, lowest, (high, low, u) =>
        {
            var (first, last) = (Math.Pow(high, 1 / power), Math.Pow(low, 1 / power));
            return Math.Pow(first + u * (last - first), power);
        });
    }

    /// <summary>Levels ρ by a constant factor, which are evenly spaced in λ (Lu et al. 2022).</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    public static TimestepSpacing Exponential(int count, double? highest = null, double? lowest = null) =>
        Ramp("exponential", count, highest, lowest, (high, low, u) => Math.Exp(Math.Log(high) + u * (Math.Log(low) - Math.Log(high))));

    /// <summary>Levels ρ with ln ρ a power of the step's number: ln ρ = ln lowest + (1-u)^p ln(highest/lowest), u from 0 to 1.</summary>
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ; null: the last step's, but at most 160, above which an image cannot be seen in the noise.</param>
    /// <param name="lowest">The last ρ; null: step 0's.</param>
    /// <param name="power">p, &gt; 0.</param>
    public static TimestepSpacing Polyexponential(int count, double? highest = null, double? lowest = null, double power = 1)
    {
        CheckPower(power);
        return Ramp("polyexponential", count, highest, lowest, (high, low, u) => low * Math.Pow(high / low, Math.Pow(1 - u, power)));
    }

    /// <summary>
    /// Levels of the continuous variance-preserving process (Song et al. 2021, SDE): ρ² = exp(b v²/2 + a v) - 1, v from 1 down to <paramref
    /// name="smallest"/>.
    /// </summary>
    /// <param name="count">n.</param>
    /// <param name="b">How fast β rises.</param>
    /// <param name="a">β at the start.</param>
    /// <param name="smallest">The last v, in (0, 1].</param>
    public static TimestepSpacing Vp(int count, double b = 19.9, double a = 0.1, double smallest = 1e-3) =>
        Levels("vp", Positive(count), _ => Grid.Linspace(1, smallest, count).Select(v => Math.Sqrt(Math.Exp(b * v * v / 2 + a * v) - 1)));

    /// <summary>The levels ρ given, from high to low, all above 0; the first may be +∞, pure noise.</summary>
    public static TimestepSpacing Levels(params IReadOnlyList<double> rhos)
    {
        ArgumentNullException.ThrowIfNull(rhos);
        var copy = rhos.ToArray();
        return Levels("levels", Positive(copy.Length), _ => copy);
    }

    /// <summary>The levels given, with the steps that the network is told there.</summary>
    internal static TimestepSpacing Levels(IReadOnlyList<double> rhos, IReadOnlyList<double> steps) =>
        new("levels", Positive(rhos.Count), path =>
            rhos.Zip(steps, (rho, t) => rho > 0 && t >= 0 && t <= path.Steps - 1 ? path.AtRho(rho) with { T = t } : Outside(t)));

    private static TimestepSpacing Ramp(string name, int count, double? highest, double? lowest, Func<double, double, double, double> level)
    {
        if (highest is <= 0 or double.PositiveInfinity || lowest is <= 0 || lowest > highest)
            throw new ArgumentException($"Levels must satisfy 0 < lowest <= highest, but lowest is {lowest} and highest is {highest}.");
        return Levels(name, Positive(count), path => Grid.Linspace(0, 1, count).Select(u =>
            level(highest ?? Math.Min(path.HighestRho, DiffusionPath.LargestInformativeRho), lowest ?? path.LowestRho, u)));
    }

    private static TimestepSpacing Levels(string name, int count, Func<DiffusionPath, IEnumerable<double>> rhos) =>
        new(name, count, path => rhos(path).Select(rho => rho > 0 ? path.AtRho(rho) : Outside(double.NaN)));

    private static void CheckPower(double power)
    {
        if (!(power > 0 && power < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(power), power, "The power must be above 0 and finite.");
    }
}
