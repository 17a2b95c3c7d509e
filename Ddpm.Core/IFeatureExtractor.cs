using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Tells of an image by numbers, so that sets of images can be compared: a network trained for something else, a projection, or the pixels
/// themselves. The features of an image do not depend on the images beside it.
/// </summary>
public interface IFeatureExtractor
{
    /// <summary>What the features are. Only features of equal spaces can be compared.</summary>
    FeatureSpace Space { get; }

    /// <summary>Computes the features of some images.</summary>
    /// <param name="images">uint8 [N, C, H, W], 0 to 255, on any device: what a file of the images would hold (<see cref="Pixels.ToBytes"/>).</param>
    /// <returns>float32 [N, D] on the CPU. A new tensor that the caller owns.</returns>
    /// <exception cref="ArgumentException">They are no bytes, or not of a size that the extractor takes.</exception>
    Tensor Extract(Tensor images);
}
