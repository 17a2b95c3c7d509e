namespace Ddpm.Benchmarks;

/// <summary>What one call of a benchmark does.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WorkAttribute : Attribute
{
    /// <summary>Images of a call; 0: the benchmark's Batch.</summary>
    public int Images { get; init; }

    /// <summary>Steps of the sampler or the optimiser in a call, where no recipe says how many.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The arithmetic of a step, in passes forward of the network; one backward is two. 0: there is no network.</summary>
    public int Passes { get; init; } = 1;
}
