namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Exponential"/>
internal sealed record ExponentialLevels : LevelRamp
{
    /// <param name="count">n.</param>
    /// <param name="highest">The first ρ.</param>
    /// <param name="lowest">The last ρ.</param>
    /// <param name="rounding">Down, or for the same levels under diffusers' other name, use_lu_lambdas, as the sampler does anywhere.</param>
    public ExponentialLevels(int count, double? highest, double? lowest, TimestepRounding rounding)
        : base(count, highest, lowest) => Rounding = EnumArgument.Check(rounding, nameof(rounding), "The rounding");

    public TimestepRounding Rounding { get; }

    internal override TimestepRounding DiffusersRounding => Rounding;

    private protected override string Kind => "exponential";

    private protected override IEnumerable<string> Settings =>
        [.. base.Settings, .. Unusual(("rounding", Rounding, TimestepRounding.Down))];

    private protected override double Between(double high, double low, double u) => Math.Exp(Math.Log(high) + u * (Math.Log(low) - Math.Log(high)));
}
