namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.All"/>
internal sealed record AllSteps : StepSpacing
{
    public AllSteps()
        : base(count: null)
    {
    }

    private protected override string Kind => "all";

    private protected override IEnumerable<double> Of(int steps) => Enumerable.Range(0, steps).Reverse().Select(t => (double)t);

    private protected override TimestepSpacing Resized(int count, DiffusionPath path) => new TrailingSteps(count);
}
