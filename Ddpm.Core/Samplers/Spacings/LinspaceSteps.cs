using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Linspace"/>
internal sealed record LinspaceSteps : StepSpacing
{
    public LinspaceSteps(int count, bool excludeLast, bool whole)
        : base(count) => (ExcludeLast, Whole) = (excludeLast, whole);

    public bool ExcludeLast { get; }

    public bool Whole { get; }

    private protected override string Kind => "linspace";

    private protected override IEnumerable<string> Settings => Unusual(("without the last", ExcludeLast, false), ("fractional", !Whole, false));

    private protected override IEnumerable<double> Of(int steps)
    {
        var count = Count!.Value;
        var even = Grid.Linspace(0, steps - 1, count + (ExcludeLast ? 1 : 0)).Reverse().Take(count).Select(t => Whole ? Math.Round(t) : t);
        return count <= steps ? even.Distinct() : even;
    }
}
