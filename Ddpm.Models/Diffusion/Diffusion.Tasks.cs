using Ddpm.Denoising;
using Ddpm.Imaging;
using Ddpm.Noise;
using Ddpm.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

public sealed partial class Diffusion
{
    /// <summary>
    /// SDEdit (Meng et al. 2022): noises images to a step and denoises them from there, so that they keep their coarse form and gain new detail.
    /// </summary>
    /// <param name="images">x_0, [N, C, H, W] in [-1, 1], for example a drawing; they stay the caller's.</param>
    /// <param name="strength">0 to 1: the step is strength · T. 0 leaves the images as they are, 1 keeps next to nothing of them.</param>
    /// <param name="options">Seed, sampler, labels; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [N, C, H, W] on <see cref="Device"/>; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor ImageToImage(
        Tensor images, double strength, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (!(strength is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength must be in 0..1.");
        var count = CheckImages(images, nameof(images));
        options = Begin(count, options);
        var t = (int)Math.Round(strength * Process.Steps) - 1;
        using var scope = NewDisposeScope();
        var x0 = images.detach();
        if (t < 0)
            return x0.to(ScalarType.Float32, Device, copy: true).MoveToOuterDisposeScope();
        var edited = Collect(count, options, batch => Run(
            () => SamplingStart.From(Noised(Part(x0, batch), t, batch.StartNoise()), t), batch, options, cancellationToken), progress);
        return edited.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Inpainting: draws the unknown pixels of images so that they fit the known ones (RePaint, Lugmayr et al. 2022), with any sampler. By default it
    /// takes at most 100 steps of the diffusion's sampler, each stretch of ten 4 times: 400 evaluations of the network, twice as many with a sampler
    /// that asks twice a step. With a sampler of one's own it takes <see cref="InpaintingOptions.Resamplings"/> times as long as sampling.
    /// </summary>
    /// <param name="images">x_0, [N, C, H, W] in [-1, 1]; the unknown pixels do not matter. They stay the caller's.</param>
    /// <param name="known">bool, true where a pixel is known: [N or 1, C or 1, H, W]; it stays the caller's.</param>
    /// <param name="inpainting">Jump length, resamplings and most steps; null for the defaults. <see cref="InpaintingOptions.Paper"/> costs 2,500
    /// evaluations.</param>
    /// <param name="options">Seed, labels, a sampler, which is taken with all of its steps; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [N, C, H, W] on <see cref="Device"/>; known pixels are exactly those of the images. The caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Inpaint(
        Tensor images, Tensor known, InpaintingOptions? inpainting = null, SamplingOptions? options = null,
        IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var count = CheckImages(images, nameof(images));
        CheckMask(images, known);
        inpainting ??= new InpaintingOptions();
        options = Begin(count, options);
        var sampling = options with { Sampler = inpainting.SamplerOf(options.Sampler, Sampler, Process.Path) };

        using var scope = NewDisposeScope();
        var x0 = images.detach().to(ScalarType.Float32, Device);
        var mask = known.to(Device).expand(images.shape);
        var drawn = Collect(count, sampling, batch => Run(
            () => SamplingStart.From(batch.StartNoise().DrawLike(Part(x0, batch)), Process.Steps - 1),
            batch, sampling, cancellationToken, known: new InpaintingConstraint(Part(x0, batch), Part(mask, batch))), progress);
        return new InpaintingConstraint(x0, mask).Merge(x0, drawn).MoveToOuterDisposeScope();
    }

    /// <summary>From one image to another: both are noised to a step, mixed there, and the mixes denoised (Ho et al. 2020, section 4.4).</summary>
    /// <param name="first">x_0, [1, C, H, W] in [-1, 1]; it stays the caller's.</param>
    /// <param name="second">Likewise.</param>
    /// <param name="t">The step that both are noised to, 0 to T-1: the more, the more the images between differ from a cross-fade.</param>
    /// <param name="count">How many images, ≥ 2: with the shares 0, 1/(count-1), …, 1 of the second.</param>
    /// <param name="kind">How they are mixed.</param>
    /// <param name="options">Seed, sampler, labels; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [count, C, H, W] on <see cref="Device"/>; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Interpolate(
        Tensor first, Tensor second, int t, int count = 11, InterpolationKind kind = InterpolationKind.Linear, SamplingOptions? options = null,
        IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CheckStep(t);
        if (CheckImages(first, nameof(first)) != 1 || CheckImages(second, nameof(second)) != 1 || !second.shape.SequenceEqual(first.shape))
            throw new ArgumentException(
                $"Both images must be [1, C, H, W] of one size, but are {Batch.Extents(first)} and {Batch.Extents(second)}.", nameof(second));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        options = Begin(count, options);
        using var scope = NewDisposeScope();
        // Samples of the run are 0 to count - 1: those after them are the ends' own.
        var noise = new NoiseStream(options.Noise ?? new SeededNoise(options.Seed!.Value), options.FirstImage + count);
        var ends = Noised(cat([first.detach(), second.detach()]), t, noise);
        var mixes = cat([.. Enumerable.Range(0, count).Select(i => Interpolation.Mix(ends[..1], ends[1..], i / (count - 1.0), kind))]);
        var strip = Collect(count, options, batch => Run(
            () => SamplingStart.From(Part(mixes, batch).clone(), t), batch, options, cancellationToken), progress);
        return strip.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Finds the noise that <see cref="Decode"/> leads back to about the images (DDIM inversion, Song et al. 2021, section 5.4); x_0 is not clipped.
    /// </summary>
    /// <param name="images">x_0, [N, C, H, W] in [-1, 1]; they stay the caller's.</param>
    /// <param name="steps">More steps bring <see cref="Decode"/> with as many closer to the images.</param>
    /// <param name="options">Labels; a <see cref="DdimInversion"/> for other steps. Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [N, C, H, W] on <see cref="Device"/>, about N(0, I); the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Encode(
        Tensor images, int steps = 50, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Invertibly(images, nameof(images), SamplingStart.FromImage, new DdimInversion(steps), options, progress, cancellationToken);

    /// <summary>The images that noise leads to, by <see cref="DdimSampler"/> without noise of its own; x_0 is not clipped.</summary>
    /// <param name="noise">[N, C, H, W], as <see cref="Encode"/> gives it; it stays the caller's.</param>
    /// <param name="steps">As many as in <see cref="Encode"/>.</param>
    /// <param name="options">Labels; a sampler of other steps. Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [N, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Decode(
        Tensor noise, int steps = 50, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Invertibly(noise, nameof(noise), SamplingStart.FromNoise, new DdimSampler(steps), options, progress, cancellationToken);

    private Tensor Invertibly(
        Tensor x, string argument, Func<Tensor, SamplingStart> from, ISampler sampler, SamplingOptions? options,
        IProgress<SamplingProgress>? progress, CancellationToken cancellationToken)
    {
        var count = CheckImages(x, argument);
        options = Begin(count, options);
        options = options with { Sampler = options.Sampler ?? sampler };
        var unclipped = Prediction with { Clip = null, Threshold = null };
        return Collect(count, options, batch => Run(
            () => from(Part(x, batch).to(ScalarType.Float32, Device, copy: true)), batch, options, cancellationToken, unclipped), progress);
    }

    private Tensor Noised(Tensor x0, int t, NoiseStream noise)
    {
        using var scope = NewDisposeScope();
        var x = x0.to(ScalarType.Float32, Device);
        return Process.Diffuse(x, t, noise.DrawLike(x)).MoveToOuterDisposeScope();
    }

    private int CheckImages(Tensor images, string argument) => Batch.Check(images, argument, Image.Channels);

    private void CheckStep(int t)
    {
        if (t < 0 || t >= Process.Steps)
            throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be in 0..{Process.Steps - 1}.");
    }

    private static void CheckMask(Tensor images, Tensor known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (known.dtype != ScalarType.Bool || known.dim() != 4 || known.shape[2] != images.shape[2] || known.shape[3] != images.shape[3]
            || (known.shape[0] != 1 && known.shape[0] != images.shape[0]) || (known.shape[1] != 1 && known.shape[1] != images.shape[1]))
            throw new ArgumentException(
                $"The mask must be bool [N or 1, C or 1, H, W] for images {Batch.Extents(images)}, but is {Batch.Extents(known)} of {known.dtype}.",
                nameof(known));
    }

    private static Tensor Part(Tensor whole, SamplingBatch batch) => whole.narrow(0, batch.First, batch.Count);
}
