namespace Ddpm.Hosting;

/// <summary>Something of the service's own that its device's thread does: loading the model, freeing it.</summary>
internal sealed class ServiceWork<T>(Func<T> work) : WorkItem(kind: null, size: 0)
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Done => done.Task;

    /// <inheritdoc/>
    internal override void Run(IReadOnlyList<WorkItem> together)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception fault)
        {
            done.SetException(fault);
            _ = done.Task.Exception;
        }
    }
}
