using Ddpm.Samplers;

namespace Ddpm.Benchmarks;

/// <summary>A sampler with its number of steps, each of which asks the network once.</summary>
public sealed record SamplingRecipe(string Name, int Steps, ISampler Sampler)
{
    /// <summary>The usual three.</summary>
    public static IReadOnlyList<SamplingRecipe> All { get; } =
    [
        new("DDPM-1000", 1000, new AncestralSampler()),
        new("DDIM-50", 50, new DdimSampler(50)),
        new("DPM-Solver++-20", 20, new DpmSolver(20)),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
