using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Threads of this process in the place of processes: each adds up all tensors in the same order, in double.</summary>
internal sealed class Meeting(int size) : IDisposable
{
    private readonly Barrier barrier = new(size);
    private readonly CancellationTokenSource broken = new();
    private readonly Tensor[] brought = new Tensor[size];

    /// <summary>Runs all threads to their end.</summary>
    /// <returns>What each threw, or null.</returns>
    internal static Exception?[] Run(int size, Action<IGradientSync> job)
    {
        using var meeting = new Meeting(size);
        var faults = new Exception?[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                job(new Member(meeting, rank));
            }
            catch (Exception fault)
            {
                faults[rank] = fault;
                meeting.broken.Cancel();        // so that the others do not wait
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return faults;
    }

    public void Dispose()
    {
        barrier.Dispose();
        broken.Dispose();
    }

    private sealed class Member(Meeting meeting, int rank) : IGradientSync
    {
        public int Rank => rank;

        public int Size => meeting.brought.Length;

        public void Average(Tensor gradient)
        {
            Sum(gradient);
            gradient.div_(Size);
        }

        public void Sum(Tensor values)
        {
            using var scope = NewDisposeScope();
            meeting.brought[rank] = values;
            Wait();
            var sum = stack([.. meeting.brought.Select(tensor => tensor.to(ScalarType.Float64))]).sum(dim: 0);
            Wait();
            values.copy_(sum);
        }

        private void Wait()
        {
            if (!meeting.barrier.SignalAndWait(TimeSpan.FromMinutes(2), meeting.broken.Token))
                throw new TimeoutException("A process has not come.");
        }
    }
}
