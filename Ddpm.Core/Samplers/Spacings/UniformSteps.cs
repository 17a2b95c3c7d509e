namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Uniform"/>
internal sealed record UniformSteps : StepSpacing
{
    public UniformSteps(int count)
        : base(count)
    {
    }

    private protected override string Kind => "uniform";

    private protected override IEnumerable<double> Of(int steps)
    {
        var stride = steps / Count!.Value;
        return stride == 0
            ? throw new ArgumentException($"The {Kind} spacing must have at most {steps} steps, as the process has, but has {Count}.")
            : Enumerable.Range(0, (steps + stride - 1) / stride).Reverse().Select(k => (double)k * stride);
    }
}
