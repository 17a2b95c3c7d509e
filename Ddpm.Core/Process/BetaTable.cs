namespace Ddpm;

/// <summary>The rules that betas must satisfy, whoever gives them.</summary>
internal static class BetaTable
{
    /// <summary>More steps than anyone uses, few enough that no table exhausts memory.</summary>
    internal const int MaximumSteps = 1_000_000;

    /// <summary>A copy of a schedule's betas.</summary>
    /// <exception cref="ArgumentException">There are none or too many, or one is out of range.</exception>
    internal static double[] Copy(IEnumerable<double> betas, string argument)
    {
        ArgumentNullException.ThrowIfNull(betas, argument);
        var table = betas.Take(MaximumSteps + 1).ToArray();
        if (table.Length is 0 or > MaximumSteps)
            throw new ArgumentException(
                $"There must be 1..{MaximumSteps} betas, but there are {(table.Length == 0 ? "none" : "more")}.", argument);
        for (var i = 0; i < table.Length; i++)
            if (!(table[i] > 0 && table[i] < 1) && !(table[i] == 1 && i == table.Length - 1 && i > 0))
                throw new ArgumentException($"Every beta must be in (0, 1), the last also 1, but beta {i} is {table[i]}.", argument);
        return table;
    }
}
