using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm;

// What people write first.
public sealed partial class Diffusion
{
    /// <summary>Draws an image of each label, others each time.</summary>
    /// <param name="labels">The class of each image; at least one.</param>
    /// <returns>float32 [labels, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="ArgumentException">The network has no classes, or a label is not among them.</exception>
    public Tensor Sample(IReadOnlyList<int> labels) => Sample(CountOf(labels), new SamplingOptions { Labels = labels });

    /// <summary>Draws an image of each label with classifier-free guidance.</summary>
    /// <param name="labels">The class of each image; at least one.</param>
    /// <param name="guidance">The scale (<see cref="Guidance.Scale"/>).</param>
    /// <param name="seed">Image k follows from the seed, k and its label.</param>
    /// <returns>float32 [labels, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="ArgumentException">The network has no classes or no null class, or a label is not among the classes.</exception>
    public Tensor Sample(IReadOnlyList<int> labels, double guidance, ulong seed) =>
        Sample(CountOf(labels), new SamplingOptions { Labels = labels, Seed = seed, Guidance = new Guidance(guidance) });

    /// <summary>Draws images from noise, as one picture: a grid, row by row.</summary>
    /// <param name="count">How many, ≥ 1.</param>
    /// <param name="options">As for <see cref="Sample(int, SamplingOptions, IProgress{SamplingProgress}, ulong?, CancellationToken)"/>.</param>
    /// <param name="columns">null: as many as rows.</param>
    /// <param name="scale">How many times larger than they are, ≥ 1.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>A picture, ready for <see cref="Picture.SavePng"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Picture SampleGrid(
        int count = 16, SamplingOptions? options = null, int? columns = null, int scale = 1, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var images = Sample(count, options, progress, cancellationToken: cancellationToken);
        return PictureGrid.Grid(images, columns ?? (int)Math.Ceiling(Math.Sqrt(count)), scale);
    }

    /// <summary>The sampler of a name, or this model's own, in a number of steps.</summary>
    /// <param name="name">One of <see cref="NamedSamplers.Names"/>; null: the model's own.</param>
    /// <param name="steps">How many; null: as many as the sampler usually takes.</param>
    /// <exception cref="ArgumentException">There is no such name, the number of steps is out of range, or the model's own sampler has
    /// none.</exception>
    public ISampler FindSampler(string? name, int? steps = null) => (name, steps) switch
    {
        ({ } known, _) => NamedSamplers.Create(known, steps),
        (null, null) => Sampler,
        (null, int count) when Sampler is GridSampler own => own with { Spacing = own.Spacing.WithCount(count, Process.Path) },
        _ => throw new ArgumentException(
            $"A sampler must have steps that can be counted, to take {steps} of them, but the model's own is {Sampler.GetType().Name}: name another.",
            nameof(steps)),
    };

    private static int CountOf(IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Count;
    }
}
