using System.Runtime.CompilerServices;
using Ddpm.Denoising;
using Microsoft.Extensions.Logging;

namespace Ddpm.Hosting;

/// <summary>A shared model: what callers see. <see cref="ServedModel"/> does the work, on its device's thread.</summary>
internal sealed class DiffusionService : IDiffusionService, IAsyncDisposable, IDisposable
{
    private readonly Lock access = new();
    private readonly HashSet<IPending> pending = [];
    private readonly DiffusionServiceOptions options;
    private readonly DeviceWorker worker;
    private readonly ServedModel model;
    private readonly ILogger logger;
    private bool isStopping;

    internal DiffusionService(
        string name, DiffusionServiceOptions options, DeviceWorker worker, IServiceProvider services, ILogger<IDiffusionService> logger)
    {
        (Name, this.options, this.worker, this.logger) = (name, options, worker, logger);
        Count = new QueueCount(options.QueueLimit);
        model = new ServedModel(name, options, services, Count, logger);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DiffusionQueue Queue => Count.State(worker.OldestWait(item => item.Service == this));

    internal QueueCount Count { get; }

    internal int BatchSize => options.BatchSize;

    /// <summary>Whether a step has taken longer than a step may.</summary>
    internal bool IsStuck => model.SinceLastStep > options.StuckAfter;

    internal bool IsStopping
    {
        get
        {
            lock (access)
                return isStopping;
        }
    }

    /// <inheritdoc/>
    public async Task<DiffusionModelInfo> GetModelAsync(CancellationToken cancellationToken = default) =>
        DiffusionModelInfo.Of(await Load().WaitAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<GeneratedImages> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        var generation = await Begin(request, tells: false, cancellationToken).ConfigureAwait(false);
        using (cancellationToken.UnsafeRegister((_, token) => Cancel(generation, token), state: null))
            return await generation.Images.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationFrame> StreamAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var generation = await Begin(request, tells: true, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var frame in generation.Frames!.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return frame;
        }
        finally
        {
            Cancel(generation, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<T> RunAsync<T>(Func<Diffusion, CancellationToken, T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var item = await Enter(images: 1, _ => new OtherWork<T>(this, work), cancellationToken).ConfigureAwait(false);
        using (cancellationToken.UnsafeRegister((_, token) => Cancel(item, token), state: null))
            return await item.Result.ConfigureAwait(false);
    }

    /// <summary>The model, which is read by the first who asks; after a failure the next one tries again.</summary>
    internal Task<Diffusion> Load()
    {
        lock (access)
        {
            if (isStopping)
                throw Stopping();
            return model.Load(worker);
        }
    }

    /// <summary>On the device's thread.</summary>
    internal void Generate(GenerationKind kind, IReadOnlyList<GenerationPart> parts)
    {
        LeaveQueue(parts.Sum(part => part.Size));
        model.Generate(kind, [.. parts.Where(part => !part.Whole.IsOver)]);
    }

    /// <summary>On the device's thread.</summary>
    internal void Do<T>(OtherWork<T> item, Action<Diffusion> work)
    {
        LeaveQueue(item.Size);
        model.Do(item, work);
    }

    /// <inheritdoc cref="StopAsync(TimeSpan, CancellationToken)"/>
    internal Task StopAsync(CancellationToken cancellationToken) => StopAsync(options.FinishWithin, cancellationToken);

    /// <summary>Takes no more requests; lets those that are there finish, for as long as they may, and refuses the others then.</summary>
    private async Task StopAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        IPending[] there;
        lock (access)
        {
            isStopping = true;
            there = [.. pending];
        }
        if (there.Length > 0)
            logger.Stopping(Name, there.Length);
        await Task.WhenAll(there.Select(each => each.Done)).WaitAsync(within, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var unfinished = there.Count(each => End(each, () => each.Fail(Stopping())));
        if (unfinished > 0)
            logger.CutOff(Name, unfinished);
    }

    /// <summary>Ends without waiting for requests, and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        model.Free(worker);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<Generation> Begin(GenerationRequest request, bool tells, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        GenerationLimits.Check(request, options);
        var seed = request.Seed ?? (ulong)Random.Shared.NextInt64(1L << 32);
        return await Enter(
            request.Count, loaded => new Generation(request, Fit(request, loaded, tells), seed, loaded.Image, BatchSize, tells), cancellationToken)
            .ConfigureAwait(false);
    }

    // Whoever is refused is told here, and not by the device's thread among others.
    private GenerationKind Fit(GenerationRequest request, Diffusion loaded, bool tells)
    {
        if (tells && loaded.Image.Channels is not (1 or 3))
            throw new ArgumentException(
                $"Frames are pictures of 1 or 3 channels, but the model's images are {loaded.Image}: ask for images alone.", nameof(request));
        var kind = new GenerationKind(
            this, request.Sampler ?? options.Sampler, request.Steps ?? (request.Sampler is null ? options.Steps : null), request.Guidance,
            request.Labels is not null);
        loaded.Check(request.Count, new SamplingOptions
        {
            Labels = request.Labels,
            Guidance = request.Guidance is { } scale ? new Guidance(scale) : null,
            Sampler = loaded.FindSampler(kind.Sampler, kind.Steps),
        });
        return kind;
    }

    // Room is taken before the model is there, so that those who wait for it count.
    private async Task<T> Enter<T>(int images, Func<Diffusion, T> make, CancellationToken cancellationToken)
        where T : IPending
    {
        if (!Count.TryEnter(images))
            throw Refused(images);
        QueueMetrics.Waits(Name, images);
        T item;
        try
        {
            item = make(await Load().WaitAsync(cancellationToken).ConfigureAwait(false));
            lock (access)
            {
                if (isStopping)
                    throw Stopping();
                pending.Add(item);
            }
        }
        catch
        {
            LeaveQueue(images);
            throw;
        }
        Follow(item, images);
        worker.Add(item.Items);
        return item;
    }

    private void Follow(IPending item, int images)
    {
        var request = new RequestTelemetry(Name, images);
        item.Activity = request.Context;
        _ = item.Done.ContinueWith(
            done =>
            {
                lock (access)
                    pending.Remove(item);
                request.End(done.IsCanceled ? "cancelled" : done.Exception?.InnerException?.GetType().FullName);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private DiffusionUnavailableException Refused(int images)
    {
        var waiting = Count.State(TimeSpan.Zero).Waiting;
        logger.Refused(Name, images, waiting, options.QueueLimit);
        QueueMetrics.Ended(Name, TimeSpan.Zero, typeof(DiffusionUnavailableException).FullName);
        return new DiffusionUnavailableException(
            DiffusionUnavailability.QueueFull, $"At most {options.QueueLimit} images may wait, but {waiting} do and {images} more are asked for.",
            Count.RetryAfter());
    }

    private void Cancel(IPending item, CancellationToken cancellationToken) => End(item, () => item.Cancel(cancellationToken));

    // Ends it for who waits, and takes out of the queue what has not begun.
    private bool End(IPending item, Func<bool> end)
    {
        var isFirst = end();
        if (isFirst)
            LeaveQueue(item.Items.Where(worker.Remove).Sum(each => each.Size));
        return isFirst;
    }

    private void LeaveQueue(int images)
    {
        if (images == 0)
            return;
        Count.Leave(images);
        QueueMetrics.Waits(Name, -images);
    }

    private static DiffusionUnavailableException Stopping() => new(
        DiffusionUnavailability.Stopping, "The application ends and takes no more requests.", TimeSpan.FromSeconds(5));
}
