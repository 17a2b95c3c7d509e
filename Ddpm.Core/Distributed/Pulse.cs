namespace Ddpm.Distributed;

/// <summary>What a process tells another now and then, so that it is known to live.</summary>
/// <param name="Rank">The process.</param>
/// <param name="Calls">Calls for all processes that it has begun.</param>
/// <param name="IsDebugged">Whether it has a debugger, which may stop it: then its silence means nothing.</param>
/// <param name="Slowest">The process that has begun the fewest calls, as far as this one knows.</param>
/// <param name="SlowestCalls">How many those are.</param>
/// <param name="IsLast">Whether the process has come to its end and tells no more.</param>
internal readonly record struct Pulse(int Rank, long Calls, bool IsDebugged, int Slowest, long SlowestCalls, bool IsLast = false)
{
    /// <summary>The numbers that it is sent as.</summary>
    internal const int Length = 6;

    internal static Pulse Of(ReadOnlySpan<long> numbers) =>
        new((int)numbers[0], numbers[1], numbers[2] != 0, (int)numbers[3], numbers[4], numbers[5] != 0);

    internal long[] ToNumbers() => [Rank, Calls, IsDebugged ? 1 : 0, Slowest, SlowestCalls, IsLast ? 1 : 0];
}
