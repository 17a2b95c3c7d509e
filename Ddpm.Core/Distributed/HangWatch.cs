using System.Diagnostics;

namespace Ddpm.Distributed;

/// <summary>Ends a process that waits for the others longer than it may: whatever started the job then ends them too, also one that hangs.</summary>
/// <param name="rank">The process, for the message.</param>
/// <param name="patience">How long it may wait; null: for ever.</param>
internal sealed class HangWatch(int rank, TimeSpan? patience)
{
    /// <summary>A wait, until the result is disposed.</summary>
    internal IDisposable? Begin() => patience is null ? null : new Timer(_ => End(), null, patience.Value, Timeout.InfiniteTimeSpan);

    // MPI may not be called from a second thread meanwhile, and an orderly exit would wait for the first one.
    private void End()
    {
        Console.Error.WriteLine($"Process {rank} has waited {patience!.Value.TotalSeconds} s for the others, and ends the job: one of them hangs.");
        Console.Error.Flush();
        Process.GetCurrentProcess().Kill();
    }
}
