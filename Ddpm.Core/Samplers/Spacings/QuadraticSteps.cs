using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Quadratic"/>
internal sealed record QuadraticSteps : StepSpacing
{
    public QuadraticSteps(int count)
        : base(count)
    {
    }

    private protected override string Kind => "quadratic";

    private protected override IEnumerable<double> Of(int steps) =>
        Grid.Linspace(0, Math.Sqrt(0.8 * steps), Count!.Value).Reverse().Select(root => Math.Floor(root * root)).Distinct();
}
