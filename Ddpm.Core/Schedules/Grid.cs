namespace Ddpm;

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

    internal static void CheckSteps(int steps)
    {
        if (steps is < 1 or > MaximumSteps)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"Steps must be in 1..{MaximumSteps}.");
    }

    internal static void CheckRange(double first, double last)
    {
        if (!(0 < first && first <= last && last < 1))
            throw new ArgumentException($"Betas must satisfy 0 < first <= last < 1, but first is {first} and last is {last}.");
    }

    /// <summary>More steps than anyone uses, few enough that no table exhausts memory.</summary>
    internal const int MaximumSteps = 1_000_000;
}
