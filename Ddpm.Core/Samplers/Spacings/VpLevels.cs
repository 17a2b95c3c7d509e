using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Vp"/>
internal sealed record VpLevels : LevelSpacing
{
    public VpLevels(int count, double b, double a, double smallest)
        : base(count) => (B, A, Smallest) = (b, a, smallest);

    public double B { get; }

    public double A { get; }

    public double Smallest { get; }

    private protected override string Kind => "vp";

    private protected override IEnumerable<string> Settings => Unusual(("b", B, 19.9), ("a", A, 0.1), ("smallest", Smallest, 1e-3));

    private protected override IEnumerable<double> Rhos(DiffusionPath path) =>
        Grid.Linspace(1, Smallest, Count!.Value).Select(v => Math.Sqrt(Math.Exp(B * v * v / 2 + A * v) - 1));
}
