using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.FlowTime"/>
internal sealed record FlowTimes : LevelSpacing
{
    public FlowTimes(int count, double shift, double? lowest)
        : base(count)
    {
        Shift = PositiveArgument.Check(shift, nameof(shift), "The shift");
        Lowest = lowest is null or (> 0 and < 1)
            ? lowest
            : throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "The lowest flow time must be in (0, 1).");
    }

    public double Shift { get; }

    public double? Lowest { get; }

    private protected override string Kind => "flow time";

    private protected override IEnumerable<string> Settings => Unusual(("shift", Shift, 1.0), ("lowest", Lowest, null));

    private protected override IEnumerable<double> Rhos(DiffusionPath path)
    {
        var highest = path.At(path.Steps - 1).Alpha == 0 ? 1 : TimeOf(path.HighestRho);
        return Grid.Linspace(highest, Lowest ?? TimeOf(path.LowestRho), Count!.Value).Select(Shifted);
    }

    private static double TimeOf(double rho) => rho / (1 + rho);

    // Eq. (23):  τ' = s τ/(1 + (s - 1) τ),  so that  ρ' = τ'/(1 - τ') = s τ/(1 - τ): infinite at τ = 1
    private double Shifted(double τ) => Shift * τ / (1 - τ);
}
