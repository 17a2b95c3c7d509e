using System.Diagnostics;
using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>How long a run takes, by the loss and gradient of a few images. The network is as it was afterwards.</summary>
internal static class DurationCheck
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(3);

    internal static TrainingFinding Of(TrainingPlan plan, CancellationToken cancellationToken)
    {
        var perImage = Measure(plan, out var images, cancellationToken);
        var step = perImage * plan.Slice;
        var run = step.TotalSeconds * plan.Options.Steps < TimeSpan.MaxValue.TotalSeconds ? step * plan.Options.Steps : TimeSpan.MaxValue;
        return TrainingFinding.Note(
            TrainingFindingKind.Duration,
            $"{plan.Options.Steps} steps take about {Amount.Of(run)}, {Amount.Of(step)} each, as measured with {images} images; "
            + $"drawing and saving come on top.");
    }

    // More and more images at once, of which an image takes the less, until twice as many would take too long.
    private static TimeSpan Measure(TrainingPlan plan, out int images, CancellationToken cancellationToken)
    {
        var module = plan.Denoiser.Network!;
        var gradient = new GradientStep(
            plan.Denoiser, module, plan.Process, plan.Parameterization, plan.Data!,
            plan.Options with { BatchSize = plan.AtOnce, MicroBatchSize = null, Precision = TrainingPrecision.Float32 },
            new LossHistory(plan.Process.Steps), plan.Device);
        using var before = KeptNetwork.Of(module);
        module.train();
        var most = Math.Min(plan.AtOnce, plan.Data!.Count);
        Time(1);
        var (all, shortest) = (Stopwatch.StartNew(), TimeSpan.MaxValue);
        for (images = Math.Min(2, most); ; images = Math.Min(2 * images, most))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var each = Time(images) / images;
            shortest = each < shortest ? each : shortest;
            if (all.Elapsed >= LongEnough / 2 || images == most)
                return shortest;
        }

        TimeSpan Time(int images)
        {
            var clock = Stopwatch.StartNew();
            using (var scope = NewDisposeScope())
            {
                var (mean, _, _) = gradient.Compute(0, [.. Enumerable.Range(0, images)], weights: null);
                mean.cpu();
            }
            before.DropGradients();
            return clock.Elapsed;
        }
    }
}
