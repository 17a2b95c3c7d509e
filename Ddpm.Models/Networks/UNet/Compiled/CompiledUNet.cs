using System.Collections.Concurrent;
using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// What a <see cref="UNet"/> predicts, by kernels of this library alone, from a copy of its weights. Images lie as [N, H, W, C]. What the way down
/// makes is written where the way up reads it, beside the place for what comes from below: nothing is joined by copying. Several threads may ask:
/// each evaluation has memory of its own, which the next one uses again.
/// </summary>
internal sealed class CompiledUNet : IDisposable
{
    private readonly ConcurrentBag<KernelMemory> free = [];
    private readonly UNet network;
    private readonly ConvolutionLayer first, last;
    private readonly IReadOnlyList<CompiledLevel> down, up;
    private readonly CompiledMiddle? middle;
    private readonly NormLayer lastNorm;
    private readonly TimeLayers time;

    internal CompiledUNet(
        UNet network, ConvolutionLayer first, IReadOnlyList<CompiledLevel> down, CompiledMiddle? middle, IReadOnlyList<CompiledLevel> up,
        NormLayer lastNorm, ConvolutionLayer last, TimeLayers time)
    {
        (this.network, this.first, this.down, this.middle) = (network, first, down, middle);
        (this.up, this.lastNorm, this.last, this.time) = (up, lastNorm, last, time);
    }

    private UNetOptions Options => network.Options;

    /// <summary>Whether there are kernels for all of a network, where it is and as its weights are.</summary>
    internal static bool Knows(UNet network)
    {
        var options = network.Options;
        return FastKernels.AreOn && options.Activation == Activation.SiLU
            && Enumerable.Range(0, options.Levels).Select(options.Width).Append(options.Channels).All(width => width % FastKernels.Lanes == 0)
            && network.parameters().All(weight => weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32);
    }

    /// <inheritdoc cref="UNet.Predict"/>
    internal Tensor Predict(Tensor x, Tensor t, Conditioning? given)
    {
        using var scope = NewDisposeScope();
        var single = Single(t, given);
        // Of one t whatever the batch, so that what is kept has the same bits whoever asks first.
        var told = time.Tell(() => network.TimeOf(single is null ? t : t[..1], given), single, out var isKept);
        if (!free.TryTake(out var memory))
            memory = new KernelMemory();
        try
        {
            var h = Compute(new UNetRun(memory, told), network.FirstInput(x, given));
            h = Options.Time.Kind == TimeEmbeddingKind.Fourier ? h / t.view(-1, 1, 1, 1) : h;
            return h.MoveToOuterDisposeScope();
        }
        finally
        {
            free.Add(memory);
            if (!isKept)
                told.Dispose();
        }
    }

    private Tensor Compute(UNetRun run, Tensor input)
    {
        var shown = PixelBlock.Of(input);
        var (n, h, w) = (shown.Images, shown.Height, shown.Width);
        var joins = Joins(run, n, h, w);
        PixelBlock Skip(int number) => joins[^(number + 1)].Skip;

        var (x, skip) = (Skip(0), 0);
        first.Run(shown, x, first.WithBias, run.Memory);
        foreach (var level in down)
        {
            for (var i = 0; i < level.Blocks.Count; i++)
            {
                var to = Skip(++skip);
                level.Blocks[i].Run(x, to, run);
                level.Attentions?[i].Run(to, run);
                x = to;
            }
            if (level.Resampler is not null)
            {
                var to = Skip(++skip);
                level.Resampler.Run(x, to, run);
                x = to;
            }
        }
        if (middle is null)
            Resize.Copy(x, joins[0].Below);
        else
            middle.Run(x, joins[0].Below, run);
        var join = 0;
        foreach (var level in up)
        {
            for (var i = 0; i < level.Blocks.Count; i++, join++)
            {
                var whole = joins[join].Whole;
                var to = i + 1 < level.Blocks.Count ? joins[join + 1].Below : run.Scratch(Place.Level, whole, level.Blocks[i].Conv2.Outputs);
                level.Blocks[i].Run(whole, to, run);
                level.Attentions?[i].Run(to, run);
                x = to;
            }
            level.Resampler?.Run(x, joins[join].Below, run);
        }
        var normed = run.Scratch(Place.Normed, x, x.Channels);
        lastNorm.Run(x, normed, silu: true, run.Memory);
        var output = empty_strided([n, last.Outputs, h, w], [(long)h * w * last.Outputs, 1, (long)w * last.Outputs, last.Outputs]);
        last.Run(normed, PixelBlock.Of(output), last.WithBias, run.Memory);
        return output.contiguous();
    }

    // What each block on the way up reads, in order: what comes from below, then a skip, the newest first.
    private List<Join> Joins(UNetRun run, int images, int height, int width)
    {
        var skips = new Stack<(int Level, int Channels)>([(0, Options.Channels)]);
        for (var level = 0; level < Options.Levels; level++)
        {
            for (var i = 0; i < Options.BlocksPerLevel; i++)
                skips.Push((level, Options.Width(level)));
            if (level < Options.Levels - 1)
                skips.Push((level + 1, Options.Width(level)));
        }
        var joins = new List<Join>();
        var below = Options.Width(Options.Levels - 1);
        for (var level = Options.Levels - 1; level >= 0; level--)
        {
            for (var i = 0; i <= Options.BlocksPerLevel; i++)
            {
                var channels = below + skips.Pop().Channels;
                joins.Add(new(run.Block(Place.Joined, images, height >> level, width >> level, channels, joins.Count), below));
                below = Options.Width(level);
            }
        }
        return joins;
    }

    // The t of all images, if nothing distinguishes them.
    private static float? Single(Tensor t, Conditioning? given)
    {
        if (given?.Labels is not null || given?.Embedding is not null)
            return null;
        var times = t.data<float>();
        var one = times[0];
        return times.All(each => each == one) ? one : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[first, last, .. down, .. up, middle, lastNorm, time, .. free])
            part?.Dispose();
    }

    private readonly record struct Join(PixelBlock Whole, int Width)
    {
        internal PixelBlock Below => Whole.Part(0, Width);

        internal PixelBlock Skip => Whole.Part(Width, Whole.Channels - Width);
    }
}
