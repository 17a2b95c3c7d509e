namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Karras"/>
internal sealed record KarrasLevels : LevelRamp
{
    private const double UsualPower = 7;

    public KarrasLevels(int count, double? highest, double? lowest, double power)
        : base(count, highest, lowest) => Power = PositiveArgument.Check(power, nameof(power), "The power");

    public double Power { get; }

    internal override TimestepRounding DiffusersRounding => TimestepRounding.Nearest;

    private protected override string Kind => "karras";

    private protected override IEnumerable<string> Settings => [.. base.Settings, .. Unusual(("power", Power, UsualPower))];

    private protected override double Between(double high, double low, double u)
    {
        var (first, last) = (Math.Pow(high, 1 / Power), Math.Pow(low, 1 / Power));
        return Math.Pow(first + u * (last - first), Power);
    }
}
