namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Trailing"/>
internal sealed record TrailingSteps : StepSpacing
{
    public TrailingSteps(int count)
        : base(count)
    {
    }

    private protected override string Kind => "trailing";

    private protected override IEnumerable<double> Of(int steps)
    {
        var count = Count!.Value;
        return Enumerable.Range(0, count).Select(j => Math.Round(steps - j * ((double)steps / count)) - 1);
    }
}
