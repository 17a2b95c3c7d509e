namespace Ddpm.Schedules;

/// <summary>What the schedules share: evenly spaced points and the checks of their arguments.</summary>
internal static class Grid
{
    /// <summary><paramref name="count"/> points from first to last, both included; one point is the first.</summary>
    internal static double[] Linspace(double first, double last, int count)
    {
        var points = new double[count];
        for (var i = 0; i < count; i++)
            points[i] = i == count - 1 && count > 1 ? last : first + i * ((last - first) / Math.Max(count - 1, 1));
        return points;
    }

    /// <summary>β_t = 1 - f((t+1)/T)/f(t/T), at most 0.999: the betas of ᾱ = f(u)/f(0) (Nichol and Dhariwal 2021).</summary>
    internal static double[] FromSignal(Func<double, double> f, int steps)
    {
        CheckSteps(steps);
        var betas = new double[steps];
        for (var t = 0; t < steps; t++)
            betas[t] = Math.Min(1 - f((t + 1.0) / steps) / f((double)t / steps), 0.999);
        return betas;
    }

    /// <summary>β_t = (ρ_t² - ρ_{t-1}²)/(1 + ρ_t²), where 1 + ρ² = 1/ᾱ; 1 where ρ is infinite. The levels rise.</summary>
    internal static double[] FromRhos(IReadOnlyList<double> rhos) => [.. rhos.Select((rho, t) =>
    {
        var before = t == 0 ? 0 : rhos[t - 1];
        return double.IsInfinity(rho) ? 1 : (rho - before) * (rho + before) / (1 + rho * rho);
    })];

    internal static void CheckSteps(int steps)
    {
        if (steps is < 1 or > MaximumSteps)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"Steps must be in 1..{MaximumSteps}.");
    }

    /// <summary>
    /// β of the first and the last step. What is not given is that of Ho et al. 2020, section 4, 1e-4 and 0.02 for 1,000 steps, times 1000/T
    /// (Nichol and Dhariwal 2021): T steps then add as much noise as theirs.
    /// </summary>
    internal static (double First, double Last) Range(int steps, double? first, double? last)
    {
        var a = first ?? Scaled(steps == 1 && last is null ? LastOfThousand : FirstOfThousand, steps);
        var b = last ?? Scaled(LastOfThousand, steps);
        return 0 < a && a <= b && b < 1
            ? (a, b)
            : throw new ArgumentException($"Betas must satisfy 0 < first <= last < 1, but first is {a} and last is {b}.");
    }

    private const double FirstOfThousand = 1e-4, LastOfThousand = 0.02, LargestScaled = 0.5;

    // In a process of few steps they would reach 1; there a step's β is exactly what 1000/T steps add together, 1 - (1 - β)^(1000/T).
    private static double Scaled(double beta, int steps)
    {
        var times = 1000.0 / steps;
        return LastOfThousand * times <= LargestScaled ? beta * times : 1 - Math.Pow(1 - beta, times);
    }

    internal const int MaximumSteps = BetaTable.MaximumSteps;
}
