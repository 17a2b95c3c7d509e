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
    private readonly List<(int Level, int Below, int Skip)> joined;

    internal CompiledUNet(
        UNet network, ConvolutionLayer first, IReadOnlyList<CompiledLevel> down, CompiledMiddle? middle, IReadOnlyList<CompiledLevel> up,
        NormLayer lastNorm, ConvolutionLayer last, TimeLayers time)
    {
        (this.network, this.first, this.down, this.middle) = (network, first, down, middle);
        (this.up, this.lastNorm, this.last, this.time) = (up, lastNorm, last, time);
        joined = JoinsOf(network.Options);
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
    internal Tensor Predict(Tensor x, Tensor t, Conditioning? given, int chosenFor)
    {
        using var scope = NewDisposeScope();
        var told = time.Tell(TimeRows.Of(t, given), network.TimeOf, out var isKept);
        if (!free.TryTake(out var memory))
            memory = new KernelMemory();
        memory.ChosenFor = chosenFor;
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
        var joins = new Join[joined.Count];
        for (var i = 0; i < joins.Length; i++)
        {
            var (level, below, beside) = joined[i];
            joins[i] = new(run.Block(Place.Joined, n, h >> level, w >> level, below + beside, number: i), below);
        }
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
    private static List<(int Level, int Below, int Skip)> JoinsOf(UNetOptions options)
    {
        var skips = new Stack<int>([options.Channels]);
        for (var level = 0; level < options.Levels; level++)
            for (var i = 0; i < options.BlocksPerLevel + (level < options.Levels - 1 ? 1 : 0); i++)
                skips.Push(options.Width(level));
        var joined = new List<(int, int, int)>();
        var below = options.Width(options.Levels - 1);
        for (var level = options.Levels - 1; level >= 0; level--)
            for (var i = 0; i <= options.BlocksPerLevel; i++)
            {
                joined.Add((level, below, skips.Pop()));
                below = options.Width(level);
            }
        return joined;
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
