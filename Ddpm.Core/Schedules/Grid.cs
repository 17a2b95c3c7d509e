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
