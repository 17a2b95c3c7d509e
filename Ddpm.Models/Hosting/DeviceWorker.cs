namespace Ddpm.Hosting;

/// <summary>
/// The thread that a device's work is done on, in the order of its coming; what is of one kind is done together. The thread begins with the first
/// item, and does not keep the process alive.
/// </summary>
internal sealed class DeviceWorker(string device) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LinkedList<WorkItem> waiting = [];
    private readonly object access = new();
    private Thread? thread;
    private bool hasEnded;

    /// <summary>How long the oldest of some items has waited; 0 if none of them waits.</summary>
    internal TimeSpan OldestWait(Func<WorkItem, bool> isMeant)
    {
        lock (access)
            return waiting.FirstOrDefault(isMeant)?.Waited ?? TimeSpan.Zero;
    }

    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    internal void Add(IEnumerable<WorkItem> items)
    {
        lock (access)
        {
            ObjectDisposedException.ThrowIf(hasEnded, this);
            foreach (var item in items)
                waiting.AddLast(item);
            if (thread is null)
            {
                thread = new Thread(Work) { Name = $"Ddpm {device}", IsBackground = true };
                thread.Start();
            }
            Monitor.PulseAll(access);
        }
    }

    /// <summary>Takes an item out of the queue.</summary>
    /// <returns>Whether it was there still.</returns>
    internal bool Remove(WorkItem item)
    {
        lock (access)
            return waiting.Remove(item);
    }

    /// <summary>
    /// Ends the thread after what it does now and what waits; whoever has work there ends it before. Waits for it, but not for ever.
    /// </summary>
    public void Dispose()
    {
        lock (access)
        {
            hasEnded = true;
            Monitor.PulseAll(access);
        }
        if (thread != Thread.CurrentThread)
            thread?.Join(Patience);
    }

    private void Work()
    {
        while (Next() is { } together)
            together[0].Run(together);
    }

    private List<WorkItem>? Next()
    {
        lock (access)
        {
            while (waiting.First is null)
            {
                if (hasEnded)
                    return null;
                Monitor.Wait(access);
            }
            var first = waiting.First.Value;
            waiting.RemoveFirst();
            List<WorkItem> together = [first];
            var room = first.MostTogether - first.Size;
            for (var node = waiting.First; node is not null && first.Kind is not null && room > 0;)
            {
                var (item, next) = (node.Value, node.Next);
                if (first.Kind.Equals(item.Kind) && item.Size <= room)
                {
                    waiting.Remove(node);
                    together.Add(item);
                    room -= item.Size;
                }
                node = next;
            }
            return together;
        }
    }
}
