namespace Ddpm.Training;

/// <summary>Images that lie one after the other in a batch: those of one of the processes that share it.</summary>
/// <param name="First">The place of the first one in the batch.</param>
/// <param name="Count">How many, ≥ 0.</param>
internal readonly record struct BatchSlice(int First, int Count)
{
    /// <summary>The place after the last one.</summary>
    internal int End => First + Count;

    /// <summary>The slice of a process. All slices together are the batch, and no two differ by more than one image.</summary>
    /// <param name="batch">Images of the batch.</param>
    /// <param name="rank">The process, 0 to <paramref name="size"/> - 1.</param>
    /// <param name="size">Processes.</param>
    internal static BatchSlice Of(int batch, int rank, int size)
    {
        var first = (int)((long)batch * rank / size);
        return new(first, (int)((long)batch * (rank + 1) / size) - first);
    }
}
