using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>How well the network predicts noise at each step, in images that training saw and in others.</summary>
internal sealed record LossByStep
{
    /// <summary>How many images of each.</summary>
    public required int Images { get; init; }

    public required IReadOnlyList<int> Steps { get; init; }

    /// <summary>A loss a step.</summary>
    public required IReadOnlyList<double> Training { get; init; }

    /// <summary>The same of held-out images; null: there are none.</summary>
    public IReadOnlyList<double>? HeldOut { get; init; }

    /// <summary>Measures.</summary>
    /// <param name="diffusion">The model.</param>
    /// <param name="training">Images that it was trained on.</param>
    /// <param name="heldOut">Others; null: there are none.</param>
    /// <param name="most">At most so many of each, at least 1.</param>
    /// <param name="stop">Looked at between batches.</param>
    public static LossByStep Measure(Diffusion diffusion, IImageDataset training, IImageDataset? heldOut, int most, CancellationToken stop)
    {
        var count = Math.Min(most, Math.Min(training.Count, heldOut?.Count ?? int.MaxValue));
        var losses = Of(diffusion, training, count, stop);
        return new()
        {
            Images = count,
            Steps = [.. losses.Keys],
            Training = [.. losses.Values],
            HeldOut = heldOut is null ? null : [.. Of(diffusion, heldOut, count, stop).Values],
        };
    }

    private static IReadOnlyDictionary<int, double> Of(Diffusion diffusion, IImageDataset images, int count, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var which = Shown.Spread(images.Count, count);
        var x0 = Pixels.Batch(images, which).to(diffusion.Device);
        return HeldOutLoss.Measure(
            diffusion.Denoiser, diffusion.Process, x0, parameterization: diffusion.Prediction.Parameterization,
            labels: Shown.Labels(diffusion, images, which), cancellationToken: stop);
    }
}
