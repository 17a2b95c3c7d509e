using System.Diagnostics;

namespace Ddpm.Distributed;

/// <summary>
/// A thread by which process 0 and each other process tell each other that they live, whatever the rest of them does; of whom nothing is heard for
/// too long ends the job. Process 0 knows all others, and they know process 0: a message per process and interval, however many they are.
/// </summary>
internal sealed class Heartbeat
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly int rank;
    private readonly int[] others;
    private readonly TimeSpan timeout;
    private readonly MpiMessages messages;
    private readonly Func<long> calls;
    private readonly Pulses pulses;
    private readonly Thread thread;
    private readonly HashSet<int> staying;
    private volatile bool isOver;

    /// <summary>Begins, in all processes.</summary>
    /// <param name="messages">That of this thread alone.</param>
    /// <param name="rank">This process.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="timeout">How long one may be silent.</param>
    /// <param name="calls">How many calls for all this process has begun.</param>
    internal Heartbeat(MpiMessages messages, int rank, int size, TimeSpan timeout, Func<long> calls)
    {
        (this.messages, this.rank, this.timeout, this.calls) = (messages, rank, timeout, calls);
        others = rank == 0 ? [.. Enumerable.Range(1, size - 1)] : [0];
        staying = [.. others];
        pulses = new(rank, others, timeout);
        thread = new(Beat) { IsBackground = true, Name = "Ddpm heartbeat" };
        thread.Start();
    }

    /// <summary>Those for which this process waits in a call, as far as it knows.</summary>
    internal IReadOnlyList<int> Missing() => pulses.Behind(calls());

    /// <summary>Stops, once all processes have come here, so that none is missed.</summary>
    internal void End()
    {
        messages.Barrier();
        isOver = true;
        thread.Join();
    }

    /// <summary>"process 3", "processes 1 and 2".</summary>
    internal static string Names(IReadOnlyList<int> ranks) =>
        ranks is [var one] ? $"process {one}" : $"processes {string.Join(", ", ranks.SkipLast(1))} and {ranks[^1]}";

    private void Beat()
    {
        var interval = TimeSpan.FromTicks(Math.Min(LongestInterval.Ticks, timeout.Ticks / 10));
        var (clock, next) = (Stopwatch.StartNew(), TimeSpan.Zero);
        while (!isOver)
        {
            Receive();
            if (clock.Elapsed >= next)
            {
                var numbers = pulses.Own(calls(), Debugger.IsAttached).ToNumbers();
                foreach (var other in others)
                    messages.Send(other, numbers);
                next = clock.Elapsed + interval;
            }
            if (pulses.Silent(clock.Elapsed) is { Count: > 0 } silent)
                HangWatch.EndJob(
                    $"Process {rank} has heard nothing of {Names(silent)} for {timeout.TotalSeconds} s, and ends the job: "
                    + "what does not answer is frozen, or the network is broken.");
            Thread.Sleep(interval / 10);
        }
        Leave();
    }

    private void Receive()
    {
        Span<long> numbers = stackalloc long[Pulse.Length];
        while (messages.TryReceive(numbers))
        {
            var pulse = Pulse.Of(numbers);
            pulses.Hear(pulse);
            if (pulse.IsLast)
                staying.Remove(pulse.Rank);
        }
    }

    // Nothing may be under way when MPI ends: each waits for the last message of the others.
    private void Leave()
    {
        var last = (pulses.Own(calls(), isDebugged: false) with { IsLast = true }).ToNumbers();
        var untold = others.ToHashSet();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < timeout; Thread.Sleep(1))
        {
            untold.RemoveWhere(other => messages.Send(other, last));
            Receive();
            if (untold.Count == 0 && staying.Count == 0 && messages.AreThrough())
                return;
        }
    }
}
