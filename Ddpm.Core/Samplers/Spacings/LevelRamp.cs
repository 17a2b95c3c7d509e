using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <summary>Levels by a formula between two of them.</summary>
internal abstract record LevelRamp : LevelSpacing
{
    private protected LevelRamp(int count, double? highest, double? lowest)
        : base(count)
    {
        if (highest is <= 0 or double.PositiveInfinity || lowest is <= 0 || lowest > highest)
            throw new ArgumentException($"Levels must satisfy 0 < lowest <= highest, but lowest is {lowest} and highest is {highest}.");
        (Highest, Lowest) = (highest, lowest);
    }

    public double? Highest { get; }

    public double? Lowest { get; }

    private protected override IEnumerable<string> Settings => Unusual(("highest", Highest, null), ("lowest", Lowest, null));

    /// <summary>The level at u, which goes from 0 to 1.</summary>
    private protected abstract double Between(double high, double low, double u);

    private protected sealed override IEnumerable<double> Rhos(DiffusionPath path)
    {
        var (high, low) = (Highest ?? Math.Min(path.HighestRho, DiffusionPath.LargestInformativeRho), Lowest ?? path.LowestRho);
        return Grid.Linspace(0, 1, Count!.Value).Select(u => Between(high, low, u));
    }
}
