using Ddpm;

namespace Ddpm.Samples;

/// <summary>A schedule of one's own: beta rises by the same factor with every step.</summary>
internal sealed class LogarithmicSchedule(int steps, double first, double last) : INoiseSchedule
{
    public IReadOnlyList<double> Betas { get; } =
        [.. Enumerable.Range(0, steps).Select(t => first * Math.Pow(last / first, t / (steps - 1.0)))];
}
