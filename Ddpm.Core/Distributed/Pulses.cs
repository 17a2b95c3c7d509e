namespace Ddpm.Distributed;

/// <summary>What a process has heard of others, and of whom nothing for too long.</summary>
/// <param name="own">Which process it is.</param>
/// <param name="others">Those that it hears.</param>
/// <param name="timeout">How long one may be silent.</param>
internal sealed class Pulses(int own, IEnumerable<int> others, TimeSpan timeout)
{
    private readonly Dictionary<int, (Pulse Pulse, TimeSpan At)> heard =
        others.ToDictionary(rank => rank, rank => (new Pulse(rank, 0, false, rank, 0), TimeSpan.Zero));

    private readonly Lock guard = new();
    private TimeSpan lastLook, watched;

    /// <summary>Takes note of a sign of life.</summary>
    internal void Hear(Pulse pulse)
    {
        lock (guard)
            heard[pulse.Rank] = (pulse, watched);
    }

    /// <summary>
    /// Those that have been silent too long, in order. Time in which this process did not look, as it was stopped itself or the machine was busy,
    /// says nothing of the others and is not counted.
    /// </summary>
    /// <param name="now">Time since this process began to look.</param>
    internal IReadOnlyList<int> Silent(TimeSpan now)
    {
        lock (guard)
        {
            watched += TimeSpan.FromTicks(Math.Min((now - lastLook).Ticks, timeout.Ticks / 10));
            lastLook = now;
            return [.. heard.Values.Where(each => !each.Pulse.IsDebugged && watched - each.At > timeout).Select(each => each.Pulse.Rank).Order()];
        }
    }

    /// <summary>What this process tells of itself.</summary>
    /// <param name="calls">Calls for all that it has begun.</param>
    /// <param name="isDebugged">Whether it has a debugger.</param>
    internal Pulse Own(long calls, bool isDebugged)
    {
        lock (guard)
        {
            var (slowest, least) = (own, calls);
            foreach (var (pulse, _) in heard.Values)
                if (pulse.Calls < least)
                    (slowest, least) = (pulse.Rank, pulse.Calls);
            return new(own, calls, isDebugged, slowest, least);
        }
    }

    /// <summary>Those that have begun fewer calls than this process and are therefore waited for, in order, as far as is known.</summary>
    internal IReadOnlyList<int> Behind(long calls)
    {
        lock (guard)
            return [.. heard.Values.SelectMany(each => (IEnumerable<(int Rank, long Calls)>)
                    [(each.Pulse.Rank, each.Pulse.Calls), (each.Pulse.Slowest, each.Pulse.SlowestCalls)])
                .Where(each => each.Rank != own && each.Calls < calls).Select(each => each.Rank).Distinct().Order()];
    }
}
