using Ddpm.Datasets;
using Ddpm.Evaluation;
using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>Images that a run does not see, whose loss is measured now and then.</summary>
internal static class HeldOutImages
{
    /// <exception cref="ArgumentException">They are none, or not of the shape or the classes of those that are trained on.</exception>
    internal static void Check(IImageDataset heldOut, IImageDataset data, NetworkTraits traits)
    {
        if (heldOut.Count == 0)
            throw new ArgumentException("There must be at least one held-out image, but there is none.");
        if (heldOut.Shape != data.Shape)
            throw new ArgumentException($"Held-out images must be of {data.Shape}, as those to train on, but are of {heldOut.Shape}.");
        ClassLabels.OfData(traits, heldOut);
        // A number must mean the same class in both sets.
        if (heldOut.ClassNames is { } theirs && data.ClassNames is { } ours && ClassNameDifference.Of(theirs, ours) is { } difference)
            throw new ArgumentException(
                $"Held-out images must have the classes (first) of those to train on (second), but {difference}.");
    }

    /// <summary>The mean over the steps of <see cref="HeldOutLoss"/>, of the first images.</summary>
    internal static double MeanLoss(Diffusion diffusion, IImageDataset heldOut, int most, CancellationToken cancellationToken)
    {
        var count = Math.Min(most, heldOut.Count);
        using var scope = NewDisposeScope();
        var x0 = Pixels.Batch(heldOut, [.. Enumerable.Range(0, count)]).to(diffusion.Device);
        var labels = ClassLabels.OfData(diffusion.Denoiser.Traits, heldOut)?.Take(count).ToArray();
        return HeldOutLoss.Measure(
            diffusion.Denoiser, diffusion.Process, x0, parameterization: diffusion.Prediction.Parameterization, labels: labels,
            cancellationToken: cancellationToken).Values.Average();
    }
}
