using System.Diagnostics;
using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Draws the same images, from the same start noise and of the same classes, with one sampler after the other.</summary>
internal sealed class Painter(Diffusion diffusion, int count, ulong seed, double guidance, CancellationToken stop)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private IProgress<SamplingProgress>? progress;
    private int done, total;

    /// <summary>Says how many steps all runs have together, and who wants to know how far they are.</summary>
    public void Begin(int steps, IProgress<SamplingProgress> line) => (done, total, progress) = (0, steps, line);

    /// <summary>DDIM over all steps of the process: the probability flow that every deterministic sampler approximates.</summary>
    public Entry Reference() => Paint("ddim", diffusion.Process.Path.Steps, _ => new DdimSampler { Spacing = TimestepSpacing.All }, null);

    public Entry Paint(string name, int steps, Func<int, ISampler> make, Entry? reference)
    {
        var entry = new Entry(name, steps);
        ISampler sampler;
        try
        {
            sampler = make(steps);
            sampler.Check(diffusion.Process.Path);
        }
        catch (ArgumentException misfit)
        {
            done += steps;
            return entry with { Reason = misfit.Message.ReplaceLineEndings(" ") };
        }

        var noise = new CountedNoise(new SeededNoise(seed));
        var classes = diffusion.Denoiser.Traits.Classes ?? 0;
        var isGuided = classes > 0 && diffusion.Denoiser.Traits.NullClass is not null;
        var run = new Share(this, steps);
        var started = clock.Elapsed;
        var images = diffusion.Sample(count, new SamplingOptions
        {
            Sampler = sampler,
            Noise = noise,
            Labels = classes > 0 ? [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)] : null,       // 7: other shapes and other colours
            Guidance = isGuided ? new Guidance(guidance) : null,
        }, run, cancellationToken: stop);
        var time = clock.Elapsed - started;
        done += steps;
        return entry with
        {
            Images = images,
            Evaluations = run.Evaluations,
            Time = time,
            Distance = reference is null ? 0 : Distance(images, reference.Images!),
            IsStochastic = noise.Draws > 1,
        };
    }

    private static double Distance(Tensor images, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return (images - reference).square().mean().sqrt().item<float>();
    }

    // One run's part of the whole.
    private sealed class Share(Painter painter, int steps) : IProgress<SamplingProgress>
    {
        public int Evaluations { get; private set; }

        public void Report(SamplingProgress value)
        {
            Evaluations = value.Steps;
            var reached = painter.done + Math.Max(steps * value.Step / value.Steps, 1);
            painter.progress?.Report(new(reached, painter.total, value.Images, painter.clock.Elapsed));
        }
    }
}
