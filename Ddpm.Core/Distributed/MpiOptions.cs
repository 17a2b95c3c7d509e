namespace Ddpm.Distributed;

/// <summary>When <see cref="MpiGradientSync.Run"/> ends a job because of a process that hangs, and what is told of one that fails.</summary>
public sealed record MpiOptions
{
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromDays(24);

    /// <summary>
    /// How long a process may give no sign of life before the others end the job, 1 s to 24 days; null: for ever. 10 s by default. A thread of each
    /// gives one every second, or ten in this time, whatever the job does: one that computes or saves for long lives, one that is frozen, or that the
    /// network does not reach, does not. With a debugger a process may be silent. Where the MPI library lets only one thread call it at once, nothing
    /// is told (<see cref="MpiGradientSync.HasHeartbeat"/>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is not in its range.</exception>
    public TimeSpan? HeartbeatTimeout { get; init => field = Checked(value, LeastTimeout, nameof(HeartbeatTimeout)); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long, above 0 and at most 24 days, a process waits for the others in one call before it ends the job, as one of them lives but does not
    /// come: longer than process 0 takes to save, draw and measure between two steps. null by default: for ever.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is not in its range.</exception>
    public TimeSpan? Patience { get; init => field = Checked(value, TimeSpan.FromMilliseconds(1), nameof(Patience)); }

    /// <summary>What is told of an exception of this process that ends the job; null by default: the exception goes to the error output.</summary>
    public Action<Exception>? Failed { get; init; }

    private static TimeSpan? Checked(TimeSpan? time, TimeSpan least, string name) => time is not { } given || given >= least && given <= Longest
        ? time
        : throw new ArgumentOutOfRangeException(name, time, $"The time must be in {least}..{Longest}, but is {given}.");
}
