using System.Diagnostics;

namespace Ddpm.Hosting;

/// <summary>A caller's own work with a model, which is done alone.</summary>
internal sealed class OtherWork<T>(DiffusionService service, Func<Diffusion, CancellationToken, T> work)
    : WorkItem(kind: null, size: 1), IPending
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock access = new();
    private CancellationTokenSource? running;

    /// <inheritdoc/>
    internal override DiffusionService Service => service;

    internal Task<T> Result => done.Task;

    /// <inheritdoc/>
    public IReadOnlyList<WorkItem> Items => [this];

    /// <inheritdoc/>
    public ActivityContext Activity { get; set; }

    /// <inheritdoc/>
    public Task Done => done.Task;

    /// <inheritdoc/>
    public bool Cancel(CancellationToken cancellationToken) => Ended(done.TrySetCanceled(cancellationToken));

    /// <inheritdoc/>
    public bool Fail(Exception fault)
    {
        var isFirst = done.TrySetException(fault);
        _ = done.Task.Exception;
        return Ended(isFirst);
    }

    /// <inheritdoc/>
    internal override void Run(IReadOnlyList<WorkItem> together) => service.Do(this, diffusion =>
    {
        using var end = new CancellationTokenSource();
        lock (access)
            running = end;
        try
        {
            if (!done.Task.IsCompleted)
                done.TrySetResult(work(diffusion, end.Token));
        }
        finally
        {
            lock (access)
                running = null;
        }
    });

    private bool Ended(bool isFirst)
    {
        if (isFirst)
            lock (access)
                running?.Cancel();
        return isFirst;
    }
}
