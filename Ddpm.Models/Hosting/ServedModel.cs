using System.Diagnostics;
using Ddpm.Denoising;
using Ddpm.Samplers;
using Ddpm.Telemetry;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Ddpm.Hosting;

/// <summary>A service's model, and what its device's thread does with it.</summary>
internal sealed class ServedModel(
    string name, DiffusionServiceOptions options, IServiceProvider services, QueueCount count, ILogger logger)
{
    private readonly IInferenceBackend backend = InferenceBackend.FixedBatch(options.BatchSize);
    private ServiceWork<Diffusion>? loading;
    private Diffusion? diffusion;
    private long lastStep;

    /// <summary>How long the step that is being computed takes already; 0 if there is none.</summary>
    internal TimeSpan SinceLastStep => Interlocked.Read(ref lastStep) is not 0 and var before
        ? TimeProvider.System.GetElapsedTime(before)
        : TimeSpan.Zero;

    /// <summary>The model, or the reading of it; one caller at a time.</summary>
    internal Task<Diffusion> Load(DeviceWorker worker)
    {
        if (loading is null || loading.Done.IsFaulted)
        {
            loading = new ServiceWork<Diffusion>(Read);
            worker.Add([loading]);
        }
        return loading.Done;
    }

    /// <summary>Frees it, if it was read, when the thread has done what it does.</summary>
    internal void Free(DeviceWorker worker) => worker.Add([new ServiceWork<bool>(() =>
    {
        diffusion?.Dispose();
        diffusion = null;
        return true;
    })]);

    /// <summary>Makes images; what fails is told to those who wait for them.</summary>
    internal void Generate(GenerationKind kind, IReadOnlyList<GenerationPart> parts)
    {
        if (parts.Count == 0)
            return;
        var images = parts.Sum(part => part.Size);
        foreach (var part in parts)
        {
            part.Whole.Begin();
            QueueMetrics.Waited(name, part.Waited);
        }
        QueueMetrics.Together(name, images);
        using var activity = DiffusionTelemetry.Activities.StartActivity(
            "ddpm.batch", ActivityKind.Internal, parentContext: default, [new(QueueMetrics.ModelTag, name), new("ddpm.images", images)],
            parts.Select(part => part.Whole.Activity).Where(request => request != default).Select(request => new ActivityLink(request)));
        Watched(images, () =>
        {
            var clock = Stopwatch.StartNew();
            try
            {
                if (!Run(kind, parts))
                    return false;
                logger.Made(name, images, parts.Count, clock.Elapsed.TotalSeconds);
                return true;
            }
            catch (Exception fault)
            {
                logger.Failed(fault, name, images);
                foreach (var part in parts)
                    part.Whole.Fail(fault);
                return false;
            }
        });
    }

    /// <summary>Does a caller's work; what fails is told to the caller.</summary>
    internal void Do(IPending item, Action<Diffusion> work) => Watched(images: 1, () =>
    {
        try
        {
            work(diffusion!);
        }
        catch (OperationCanceledException)
        {
            item.Cancel(CancellationToken.None);
        }
        catch (Exception fault)
        {
            item.Fail(fault);
        }
        // It says nothing of the time that images take.
        return false;
    });

    // False: nobody waits any more, and it was given up.
    private bool Run(GenerationKind kind, IReadOnlyList<GenerationPart> parts)
    {
        using var scope = NewDisposeScope();
        var sampling = new SamplingOptions
        {
            Noise = new ImageSeedsNoise([.. parts.SelectMany(part => part.Images)]),
            Sampler = kind.MakeSampler(),
            Labels = kind.HasLabels ? [.. parts.SelectMany(part => part.Labels)] : null,
            Guidance = kind.Guidance is { } scale ? new Guidance(scale) : null,
            Backend = backend,
        };
        foreach (var frame in diffusion!.Stream(parts.Sum(part => part.Size), sampling))
            using (frame)
            {
                Interlocked.Exchange(ref lastStep, TimeProvider.System.GetTimestamp());
                if (parts.All(part => part.Whole.IsOver))
                    return false;
                Tell(parts, frame);
            }
        return true;
    }

    private static void Tell(IReadOnlyList<GenerationPart> parts, SamplingFrame frame)
    {
        var row = 0;
        foreach (var part in parts)
        {
            if (!part.Whole.IsOver)
                part.Whole.Tell(part, frame, row);
            row += part.Size;
        }
    }

    private void Watched(int images, Func<bool> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        Interlocked.Exchange(ref lastStep, begun);
        count.Begin(images);
        var isFinished = false;
        try
        {
            isFinished = work();
        }
        finally
        {
            count.End(isFinished ? images : 0, TimeProvider.System.GetElapsedTime(begun));
            Interlocked.Exchange(ref lastStep, 0);
        }
    }

    private Diffusion Read()
    {
        var clock = Stopwatch.StartNew();
        var made = options.Create?.Invoke(services) ?? DiffusionBuilder.FromPretrained(options.Model!).WithDevice(options.Device).Build();
        logger.Loaded(name, made.Image, made.Device.ToString(), clock.Elapsed.TotalSeconds);
        foreach (var warning in made.Warnings)
            logger.Odd(name, warning);
        made.Warned += (_, warned) => logger.Odd(name, warned.Message);
        return diffusion = made;
    }
}
