namespace Ddpm;

/// <summary>Any betas, given one by one.</summary>
public sealed class TabulatedSchedule : INoiseSchedule
{
    /// <summary>Copies the table.</summary>
    /// <param name="betas">1 to 1,000,000 values, each in (0, 1); the last may be 1 (zero terminal SNR).</param>
    /// <exception cref="ArgumentException">There are none or too many, or one is out of range.</exception>
    public TabulatedSchedule(IEnumerable<double> betas)
    {
        Betas = Array.AsReadOnly(BetaTable.Copy(betas, nameof(betas)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }
}
