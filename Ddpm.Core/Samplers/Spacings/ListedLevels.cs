namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Levels"/>
internal sealed record ListedLevels : LevelSpacing
{
    public ListedLevels(IReadOnlyList<double> levels)
        : base(levels.Count) => Levels = EquatableList.Of(levels);

    public new IReadOnlyList<double> Levels { get; }

    internal override bool IsListed => true;

    private protected override string Kind => "levels";

    private protected override string Describe() => $"{Kind} {Levels}";

    private protected override IEnumerable<double> Rhos(DiffusionPath path) => Levels;

    private protected override TimestepSpacing Resized(int count, DiffusionPath path) => SpacingOfList.Resized(this, count, path);
}
