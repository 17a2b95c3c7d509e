namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Polyexponential"/>
internal sealed record PolyexponentialLevels : LevelRamp
{
    private const double UsualPower = 1;

    public PolyexponentialLevels(int count, double? highest, double? lowest, double power)
        : base(count, highest, lowest) => Power = PositiveArgument.Check(power, nameof(power), "The power");

    public double Power { get; }

    private protected override string Kind => "polyexponential";

    private protected override IEnumerable<string> Settings => [.. base.Settings, .. Unusual(("power", Power, UsualPower))];

    private protected override double Between(double high, double low, double u) => low * Math.Pow(high / low, Math.Pow(1 - u, Power));
}
