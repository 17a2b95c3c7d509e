using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// The pixels themselves, x / 127.5 - 1, in the order of channels, rows and columns. They need no file. A distance between them tells of colours and
/// of coarse shapes at fixed places, and not of what is seen: it is for tests and for nearest images, not for tables.
/// </summary>
public sealed class PixelFeatures : IFeatureExtractor
{
    private readonly ImageShape shape;

    /// <summary>Says what the images are.</summary>
    /// <param name="shape">C, H and W of every image.</param>
    /// <exception cref="ArgumentOutOfRangeException">An image has more than 2^31 - 1 values.</exception>
    public PixelFeatures(ImageShape shape)
    {
        RuleArgument.Check(shape.Values is >= 1 and <= int.MaxValue, nameof(shape), shape, "a shape of at most 2^31 - 1 values");
        (this.shape, Space) = (shape, new($"pixels {shape.Channels}x{shape.Height}x{shape.Width}", (int)shape.Values));
    }

    /// <inheritdoc/>
    public FeatureSpace Space { get; }

    /// <inheritdoc/>
    public Tensor Extract(Tensor images)
    {
        FeatureImages.Check(images, nameof(images), shape);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Pixels.ToUnit(images.cpu()).reshape(images.shape[0], shape.Values).MoveToOuterDisposeScope();
    }
}
