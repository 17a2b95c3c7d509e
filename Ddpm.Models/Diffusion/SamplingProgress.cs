namespace Ddpm;

/// <summary>Where a run of the sampler stands.</summary>
/// <param name="Step">Steps done, over all batches, from 1.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Images">Images finished.</param>
/// <param name="Elapsed">Since the run began.</param>
public sealed record SamplingProgress(int Step, int Steps, int Images, TimeSpan Elapsed)
{
    /// <summary>Steps of the sampler a second.</summary>
    public double StepsPerSecond => Step / Elapsed.TotalSeconds;

    /// <summary>What the rest will take at the rate so far.</summary>
    public TimeSpan Remaining => Elapsed / Step * (Steps - Step);
}
