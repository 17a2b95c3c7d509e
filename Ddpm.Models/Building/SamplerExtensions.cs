using Ddpm.Samplers;

namespace Ddpm;

/// <summary>Samplers by name. Each has more options than these: <see cref="DiffusionBuilder.WithSampler(ISampler)"/> takes any of them.</summary>
public static class SamplerExtensions
{
    /// <summary>A sampler by the name that people know it by, such as dpmpp-2m or euler-ancestral.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">One of <see cref="NamedSamplers.Names"/>.</param>
    /// <param name="steps">How many steps; null: as many as are usual for the sampler.</param>
    /// <exception cref="ArgumentException">There is no such name; the message lists them.</exception>
    public static DiffusionBuilder WithSampler(this DiffusionBuilder builder, string name, int? steps = null) =>
        With(builder, NamedSamplers.Create(name, steps));

    /// <inheritdoc cref="DdimSampler"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="eta">η, 0 (deterministic) to 1.</param>
    public static DiffusionBuilder WithDdim(this DiffusionBuilder builder, int steps = 50, double eta = 0) =>
        With(builder, new DdimSampler(steps) { Eta = eta });

    /// <inheritdoc cref="PndmSampler"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    public static DiffusionBuilder WithPndm(this DiffusionBuilder builder, int steps = 50) => With(builder, new PndmSampler(steps));

    /// <inheritdoc cref="DpmSolver"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="order">1 to 3.</param>
    public static DiffusionBuilder WithDpmSolver(this DiffusionBuilder builder, int steps = 20, int order = 2) =>
        With(builder, new DpmSolver(steps) { Order = order });

    /// <inheritdoc cref="UniPcSolver"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="order">1 to 3.</param>
    public static DiffusionBuilder WithUniPc(this DiffusionBuilder builder, int steps = 20, int order = 2) =>
        With(builder, new UniPcSolver(steps) { Order = order });

    /// <inheritdoc cref="DeisSolver"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="order">1 to 3.</param>
    public static DiffusionBuilder WithDeis(this DiffusionBuilder builder, int steps = 20, int order = 2) =>
        With(builder, new DeisSolver(steps) { Order = order });

    /// <inheritdoc cref="EulerSampler"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    public static DiffusionBuilder WithEuler(this DiffusionBuilder builder, int steps = 30) => With(builder, new EulerSampler(steps));

    /// <summary>Euler's method with all of the posterior's noise drawn anew: <see cref="EulerSampler"/> with η 1.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    public static DiffusionBuilder WithEulerAncestral(this DiffusionBuilder builder, int steps = 30) =>
        With(builder, new EulerSampler(steps) { Eta = 1 });

    /// <inheritdoc cref="HeunSampler"/>
    /// <param name="builder">The builder.</param>
    /// <param name="steps">How many steps.</param>
    public static DiffusionBuilder WithHeun(this DiffusionBuilder builder, int steps = 18) => With(builder, new HeunSampler(steps));

    private static DiffusionBuilder With(DiffusionBuilder builder, ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithSampler(sampler);
    }
}
