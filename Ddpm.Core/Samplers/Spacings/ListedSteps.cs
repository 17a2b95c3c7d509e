namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.List(IReadOnlyList{double})"/>
internal sealed record ListedSteps : TimestepSpacing
{
    public ListedSteps(IReadOnlyList<double> steps)
        : base(steps.Count) => Steps = EquatableList.Of(steps);

    public IReadOnlyList<double> Steps { get; }

    internal override bool IsListed => true;

    private protected override string Kind => "list";

    private protected override string Describe() => $"{Kind} {Steps}";

    internal override IEnumerable<DiffusionPoint> PointsOn(DiffusionPath path) => Steps.Select(t => At(path, t));

    private protected override TimestepSpacing Resized(int count, DiffusionPath path) => SpacingOfList.Resized(this, count, path);
}
