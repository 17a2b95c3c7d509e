using System.Diagnostics;
using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Draws the same images, from the same noise and of the same classes, in one way after the other, and takes the time.</summary>
internal sealed class Racer(Diffusion diffusion, int count, ulong seed, CancellationToken stop)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly IReadOnlyList<int>? labels = diffusion.Denoiser.Traits.Classes is > 0 and var classes
        ? [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)]       // 7: other shapes and other colours
        : null;
    private int done, total;

    /// <summary>Who wants to know how far it is.</summary>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>DDIM over all steps of the process: the probability flow that every deterministic sampler approximates.</summary>
    public Tensor Reference() => Draw(new DdimSampler { Spacing = TimestepSpacing.All }, "float32").Images;

    /// <summary>
    /// Each way in turn, several times: a machine's speed changes from minute to minute. Before the turns each precision draws once, unmeasured.
    /// </summary>
    public IReadOnlyList<Point> Race(IReadOnlyList<(string Sampler, int Steps, string Precision)> ways, int turns, Tensor reference)
    {
        var seconds = ways.Select(_ => new double[turns]).ToArray();
        var points = new Point[ways.Count];
        foreach (var precision in ways.Select(way => way.Precision).Distinct())
            Draw(new DdimSampler(1), precision).Images.Dispose();
        (done, total) = (0, ways.Count * turns);
        for (var turn = 0; turn < turns; turn++)
            foreach (var (i, (name, steps, precision)) in ways.Index())
            {
                var (images, time, evaluations, draws) = Draw(NamedSamplers.Create(name, steps), precision);
                seconds[i][turn] = time.TotalSeconds;
                using (images)
                    if (turn == 0)
                        points[i] = new()
                        {
                            Sampler = name,
                            Steps = steps,
                            Precision = precision,
                            Evaluations = evaluations,
                            Seconds = 0,
                            MedianSeconds = 0,
                            ImagesPerSecond = 0,
                            Distance = Distance(images, reference),
                            IsStochastic = draws > 1,
                        };
                done++;
            }
        return [.. points.Zip(seconds, (point, taken) => Timed(point, taken))];
    }

    private Point Timed(Point point, double[] seconds) =>
        point with { Seconds = seconds.Min(), MedianSeconds = Median(seconds), ImagesPerSecond = count / seconds.Min() };

    private (Tensor Images, TimeSpan Time, int Evaluations, int Draws) Draw(ISampler sampler, string precision)
    {
        var noise = new CountedNoise(new SeededNoise(seed));
        var run = new Run(this);
        var began = Stopwatch.GetTimestamp();
        var images = diffusion.Sample(count, new SamplingOptions
        {
            Sampler = sampler,
            Noise = noise,
            Labels = labels,
            Backend = precision == "bfloat16" ? InferenceBackend.BFloat16 : InferenceBackend.Auto,
        }, run, cancellationToken: stop);
        return (images, Stopwatch.GetElapsedTime(began), run.Evaluations, noise.Draws);
    }

    private static double Distance(Tensor images, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return (images - reference).square().mean().sqrt().item<float>();
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    // One run among all; outside the race it is the whole.
    private sealed class Run(Racer racer) : IProgress<SamplingProgress>
    {
        public int Evaluations { get; private set; }

        private static int Share(SamplingProgress value) => (int)(100L * value.Step / value.Steps);

        public void Report(SamplingProgress value)
        {
            Evaluations = value.Steps;
            racer.Progress?.Report(racer.total == 0
                ? new(value.Step, value.Steps, value.Images, racer.clock.Elapsed)
                : new(Math.Max(100 * racer.done + Share(value), 1), 100 * racer.total, value.Images, racer.clock.Elapsed));
        }
    }
}
