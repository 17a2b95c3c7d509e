using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>The variational bound, in bits a value.</summary>
internal sealed record BitsUsed
{
    /// <summary>How many images it is a mean over.</summary>
    public required int Images { get; init; }

    /// <summary>Whether training saw them.</summary>
    public required bool HeldOut { get; init; }

    public required double Mean { get; init; }

    /// <summary>The standard error of the mean; null: there is one image.</summary>
    public required double? Spread { get; init; }

    /// <summary>L_T.</summary>
    public required double Prior { get; init; }

    /// <summary>L_{t-1} and L_0 by t.</summary>
    public required IReadOnlyList<BoundTerm> Terms { get; init; }

    /// <summary>Measures; it takes one evaluation of the network a step and batch.</summary>
    public static BitsUsed Measure(
        Diffusion diffusion, IImageDataset images, bool heldOut, int most, int batchSize, ulong seed, IProgress<double>? progress, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var which = Shown.Spread(images.Count, Math.Min(most, images.Count));
        var bits = diffusion.BitsPerDimension(Pixels.Batch(images, which), new VariationalBound
        {
            Variance = diffusion.Sampler is Samplers.AncestralSampler ancestral ? ancestral.Variance : default,
            BatchSize = batchSize,
            Seed = seed,
            Labels = Shown.Labels(diffusion, images, which),
        }, progress, stop);
        var mean = bits.Mean;
        return new()
        {
            Images = which.Length,
            HeldOut = heldOut,
            Mean = mean,
            Spread = which.Length > 1
                ? Math.Sqrt(bits.Images.Sum(each => (each - mean) * (each - mean)) / (which.Length - 1) / which.Length)
                : null,
            Prior = bits.Prior,
            Terms = bits.Terms,
        };
    }
}
