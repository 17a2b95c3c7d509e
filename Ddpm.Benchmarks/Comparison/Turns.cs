namespace Ddpm.Benchmarks;

/// <summary>
/// Lets contenders compute turn by turn: machines differ, and their speed changes from minute to minute; ratios of medians do so less. In each
/// turn each contender computes twice, and the second time counts: the first brings its own memory and threads back to the processor.
/// </summary>
internal static class Turns
{
    // Threads of the one before spin for some milliseconds in wait of more work.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    /// <returns>For each contender, its milliseconds in ascending order.</returns>
    internal static IReadOnlyList<double[]> Take(IReadOnlyList<IContender> contenders, int turns)
    {
        foreach (var contender in contenders)
            contender.Call();
        var times = contenders.Select(_ => new double[turns]).ToArray();
        for (var turn = 0; turn < turns; turn++)
            foreach (var (i, contender) in contenders.Index())
            {
                Thread.Sleep(Rest);
                contender.Call();
                times[i][turn] = contender.Call();
            }
        foreach (var each in times)
            Array.Sort(each);
        return times;
    }

    internal static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
