namespace Ddpm.Samplers;

/// <summary>
/// Steps counted out over the process. A single one is the last, T-1, whatever the formula: from unit noise there is nowhere else to begin.
/// </summary>
internal abstract record StepSpacing : TimestepSpacing
{
    private protected StepSpacing(int? count)
        : base(count)
    {
    }

    /// <summary>The steps of a process of so many, falling.</summary>
    private protected abstract IEnumerable<double> Of(int steps);

    internal sealed override IEnumerable<DiffusionPoint> PointsOn(DiffusionPath path) => Of(path.Steps).Select(t => At(path, t));
}
