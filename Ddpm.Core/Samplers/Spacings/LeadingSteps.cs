namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Leading"/>
internal sealed record LeadingSteps : StepSpacing
{
    public LeadingSteps(int count, int offset, bool excludeLast)
        : base(count) => (Offset, ExcludeLast) = (offset, excludeLast);

    public int Offset { get; }

    public bool ExcludeLast { get; }

    private protected override string Kind => "leading";

    private protected override IEnumerable<string> Settings => Unusual(("offset", Offset, 0), ("without the last", ExcludeLast, false));

    private protected override IEnumerable<double> Of(int steps)
    {
        var count = Count!.Value;
        var fences = count + (ExcludeLast ? 1 : 0);
        return Enumerable.Range(0, count).Select(j => (fences - 1.0 - j) * (steps / fences) + Offset);
    }
}
