using System.Diagnostics;
using System.Threading.Channels;
using Ddpm.Samplers;

namespace Ddpm.Hosting;

/// <summary>A request for images in work: what is wanted, what is there of it, and who waits.</summary>
internal sealed class Generation : IPending
{
    // Frames that a reader may be behind; older ones are dropped.
    private const int MostFramesBehind = 256;

    private readonly TaskCompletionSource<GeneratedImages> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long came = TimeProvider.System.GetTimestamp();
    private readonly float[] values;
    private readonly ImageShape shape;
    private int missing, steps;
    private long begun;

    internal Generation(GenerationRequest request, GenerationKind kind, ulong seed, ImageShape shape, int batchSize, bool tells)
    {
        (Request, Seed, this.shape) = (request, seed, shape);
        values = new float[request.Count * shape.Values];
        Frames = tells
            ? Channel.CreateBounded<GenerationFrame>(new BoundedChannelOptions(MostFramesBehind) { FullMode = BoundedChannelFullMode.DropOldest })
            : null;
        Parts =
        [
            .. Enumerable.Range(0, (request.Count + batchSize - 1) / batchSize).Select(i =>
                new GenerationPart(this, kind, i * batchSize, Math.Min(batchSize, request.Count - i * batchSize))),
        ];
        missing = Parts.Count;
    }

    internal GenerationRequest Request { get; }

    internal ulong Seed { get; }

    internal IReadOnlyList<GenerationPart> Parts { get; }

    internal Channel<GenerationFrame>? Frames { get; }

    internal Task<GeneratedImages> Images => done.Task;

    /// <inheritdoc/>
    public ActivityContext Activity { get; set; }

    /// <inheritdoc/>
    public Task Done => done.Task;

    /// <inheritdoc/>
    public IReadOnlyList<WorkItem> Items => Parts;

    /// <summary>Whether nobody waits any more: it is done, has failed or is cancelled.</summary>
    internal bool IsOver => done.Task.IsCompleted;

    /// <summary>Its first images are being made.</summary>
    internal void Begin() => Interlocked.CompareExchange(ref begun, TimeProvider.System.GetTimestamp(), 0);

    /// <summary>A step of some of its images; called by the device's thread alone.</summary>
    /// <param name="part">Which images.</param>
    /// <param name="frame">Of the whole batch.</param>
    /// <param name="row">Where the part's images begin in the batch.</param>
    internal void Tell(GenerationPart part, SamplingFrame frame, int row)
    {
        if (frame.IsLast)
            Keep(part, frame, row);
        var result = missing == 0 ? Result() : null;
        if (Frames is not null)
        {
            using var noisy = frame.X.narrow(0, row, part.Size);
            using var estimates = frame.X0.narrow(0, row, part.Size);
            Frames.Writer.TryWrite(new GenerationFrame
            {
                Step = ++steps,
                Steps = Parts.Count * frame.Steps,
                T = frame.T,
                First = part.First,
                Noisy = FramePictures.Of(noisy),
                Estimates = FramePictures.Of(estimates),
                Result = result,
            });
        }
        if (result is not null && done.TrySetResult(result))
            Frames?.Writer.TryComplete();
    }

    /// <inheritdoc/>
    public bool Cancel(CancellationToken cancellationToken)
    {
        var isFirst = done.TrySetCanceled(cancellationToken);
        if (isFirst)
            Frames?.Writer.TryComplete(new OperationCanceledException(cancellationToken));
        return isFirst;
    }

    /// <inheritdoc/>
    public bool Fail(Exception fault)
    {
        var isFirst = done.TrySetException(fault);
        // Nobody need look at the fault if nobody waits for the images.
        _ = done.Task.Exception;
        if (isFirst)
            Frames?.Writer.TryComplete(fault);
        return isFirst;
    }

    private void Keep(GenerationPart part, SamplingFrame frame, int row)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var images = frame.X.narrow(0, row, part.Size).cpu().to(TorchSharp.torch.ScalarType.Float32).contiguous();
        images.data<float>().CopyTo(values, (int)(part.First * shape.Values));
        missing--;
    }

    private GeneratedImages Result() => new(values, shape, Seed)
    {
        Waited = TimeProvider.System.GetElapsedTime(came, begun),
        Elapsed = TimeProvider.System.GetElapsedTime(came),
    };
}
