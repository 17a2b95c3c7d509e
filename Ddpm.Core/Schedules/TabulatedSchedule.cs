namespace Ddpm.Schedules;

/// <summary>Any betas, given one by one.</summary>
public sealed record TabulatedSchedule : INoiseSchedule
{
    /// <summary>Copies the table.</summary>
    /// <param name="betas">1 to 1,000,000 values, each in (0, 1); the last may be 1 (zero terminal SNR).</param>
    /// <exception cref="ArgumentException">There are none or too many, or one is out of range.</exception>
    public TabulatedSchedule(IEnumerable<double> betas)
    {
        Betas = EquatableList.Of(BetaTable.Copy(betas, nameof(betas)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>Its betas; of many the first ones, the last and their number.</summary>
    public override string ToString() => $"betas {Betas}";
}
