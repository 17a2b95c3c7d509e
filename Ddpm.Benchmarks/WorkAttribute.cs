namespace Ddpm.Benchmarks;

/// <summary>What one call of a benchmark does.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WorkAttribute : Attribute
{
    /// <summary>Images of a call; 0: the benchmark's Batch.</summary>
    public int Images { get; init; }

    /// <summary>Steps of the sampler or the optimiser in a call.</summary>
    public int Steps { get; init; } = 1;
}
