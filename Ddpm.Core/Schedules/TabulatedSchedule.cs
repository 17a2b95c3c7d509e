namespace Ddpm;

/// <summary>Any betas, given one by one.</summary>
public sealed record TabulatedSchedule : INoiseSchedule
{
    /// <summary>Copies the table.</summary>
    /// <param name="betas">1 to 1,000,000 values, each in (0, 1); the last may be 1 (zero terminal SNR).</param>
    /// <exception cref="ArgumentException">There are none or too many, or one is out of range.</exception>
    public TabulatedSchedule(IEnumerable<double> betas)
    {
        ArgumentNullException.ThrowIfNull(betas);
        var table = betas.Take(Grid.MaximumSteps + 1).ToArray();
        if (table.Length is 0 or > Grid.MaximumSteps)
            throw new ArgumentException(
                $"There must be 1..{Grid.MaximumSteps} betas, but there are {(table.Length == 0 ? "none" : "more")}.", nameof(betas));
        for (var i = 0; i < table.Length; i++)
            if (!(table[i] > 0 && table[i] < 1) && !(table[i] == 1 && i == table.Length - 1 && i > 0))
                throw new ArgumentException($"Every beta must be in (0, 1), the last also 1, but beta {i} is {table[i]}.", nameof(betas));
        Betas = EquatableList.Of(table);
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Its betas; of many the first ones, the last and their number.</summary>
    public override string ToString() => $"betas {Betas}";
}
