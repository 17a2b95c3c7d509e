using Ddpm.Evaluation;
using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// How good the images are while training goes on: a few are drawn now and then, always of the same noise, and their Fréchet distance from real
/// images is measured. A <see cref="TrainingRecorder"/> keeps the best model and state by it.
/// </summary>
/// <remarks>
/// The distance of few images is far above that of many (<see cref="FrechetResult.Bias"/>), but by about as much each time: it tells which of two
/// steps is better, and is to be compared with no other figure.
/// </remarks>
public sealed record TrainingEvaluation
{
    /// <summary>An evaluation by features.</summary>
    /// <param name="extractor">Tells of images by numbers; it stays the caller's.</param>
    /// <param name="reference">What real images have of these features: <see cref="ImageFeatures.Statistics"/>.</param>
    /// <exception cref="ArgumentException">The reference is of other features.</exception>
    public TrainingEvaluation(IFeatureExtractor extractor, FeatureStatistics reference)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Width != extractor.Space.Width || (reference.Origin.Space is { } space && space != extractor.Space))
            throw new ArgumentException(
                $"The reference must be of {extractor.Space}, but is of {reference.Origin.Space?.ToString() ?? $"{reference.Width} features"}.",
                nameof(reference));
        (Extractor, Reference) = (extractor, reference);
    }

    /// <summary>Tells of images by numbers.</summary>
    public IFeatureExtractor Extractor { get; }

    /// <summary>What real images have of these features.</summary>
    public FeatureStatistics Reference { get; }

    /// <summary>How many are drawn, at least 2. 1,000 by default.</summary>
    public int Images { get; init => field = RuleArgument.Check(value >= 2, nameof(Images), value, "at least 2"); } = 1000;

    /// <summary>Steps between two evaluations; the end is always evaluated. 5,000 by default; 0: the end only.</summary>
    public int Every { get; init => field = RuleArgument.Check(value >= 0, nameof(Every), value, "at least 0"); } = 5000;

    /// <summary>
    /// How they are drawn; null: as the diffusion draws by default. A sampler of few steps saves time. Without a seed it is 0, and without labels the
    /// classes take turns.
    /// </summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>Finds what would end an evaluation, before hours of training.</summary>
    /// <exception cref="ArgumentException">The images cannot be drawn, or the extractor does not take them.</exception>
    internal void Check(Diffusion diffusion)
    {
        diffusion.Check(Images, Options(diffusion));
        using var scope = NewDisposeScope();
        Features(zeros(diffusion.Image.Batch(1), ScalarType.Byte));
    }

    /// <summary>Draws the images and measures their distance, a batch at a time.</summary>
    internal FrechetResult Measure(Diffusion diffusion, CancellationToken cancellationToken)
    {
        var options = Options(diffusion);
        using var accumulator = new FeatureAccumulator(Reference.Width);
        for (var first = 0; first < Images; first += options.BatchSize)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(options.BatchSize, Images - first);
            var part = options with
            {
                FirstImage = options.FirstImage + first,
                Labels = options.Labels?.Skip(first).Take(count).ToArray(),
                Conditioning = options.Conditioning?.Narrow(first, count),
            };
            accumulator.Add(Features(Pixels.ToBytes(diffusion.Sample(count, part, cancellationToken: cancellationToken))));
        }
        return FrechetDistance.Between(Reference, accumulator.ToStatistics());
    }

    private SamplingOptions Options(Diffusion diffusion) => SamplingDefaults.Repeatable(Sampling, diffusion.Denoiser.Traits, Images);

    private Tensor Features(Tensor images)
    {
        var features = Extractor.Extract(images);
        return features.shape is [var count, var width] && count == images.shape[0] && width == Reference.Width
            ? features
            : throw new ArgumentException(
                $"The extractor {Extractor.Space.Name} must give [{images.shape[0]}, {Reference.Width}], "
                + $"but gives [{string.Join(", ", features.shape)}].");
    }
}
