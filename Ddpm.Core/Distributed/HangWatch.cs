using System.Diagnostics;

namespace Ddpm.Distributed;

/// <summary>Ends a process that waits for the others longer than it may: whatever started the job then ends them too, also one that hangs.</summary>
/// <param name="rank">The process, for the message.</param>
/// <param name="patience">How long it may wait; null: for ever.</param>
internal sealed class HangWatch(int rank, TimeSpan? patience)
{
    private long calls;

    /// <summary>Waits that have begun: the same number in all processes, but for those that have not come yet.</summary>
    internal long Calls => Interlocked.Read(ref calls);

    /// <summary>Which processes have not come; null: that is not known.</summary>
    internal Func<IReadOnlyList<int>>? Missing { get; set; }

    /// <summary>A wait, until the result is disposed.</summary>
    internal IDisposable? Begin()
    {
        Interlocked.Increment(ref calls);
        return patience is null ? null : new Timer(_ => End(), null, patience.Value, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends this process at once, and so the job, with a message.</summary>
    internal static void EndJob(string why)
    {
        // Another thread is in a call of MPI, for which an orderly exit would wait.
        Console.Error.WriteLine(why);
        Console.Error.Flush();
        Process.GetCurrentProcess().Kill();
    }

    private void End()
    {
        var missing = Missing?.Invoke() ?? [];
        var (whom, fault) = missing.Count == 0 ? ("the others", "one of them hangs") : (Heartbeat.Names(missing), "what does not come hangs");
        EndJob($"Process {rank} has waited {patience!.Value.TotalSeconds} s for {whom}, and ends the job: {fault}.");
    }
}
