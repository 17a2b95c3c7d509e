using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>The noise levels of a training batch.</summary>
/// <param name="At">A point of the path for each image.</param>
/// <param name="Weights">1/(T p_t) for each image, by which a step that is drawn more often counts less; null: all 1.</param>
public sealed record LevelDraw(IReadOnlyList<DiffusionPoint> At, IReadOnlyList<double>? Weights)
{
    /// <summary>A point of the path for each image.</summary>
    public IReadOnlyList<DiffusionPoint> At { get; init => field = EquatableList.Of(value); } = EquatableList.Of(At);

    /// <summary>1/(T p_t) for each image, by which a step that is drawn more often counts less; null: all 1.</summary>
    public IReadOnlyList<double>? Weights { get; init => field = EquatableList.Of(value); } = EquatableList.Of(Weights);

    /// <summary>Those of some images that lie one after the other in the batch.</summary>
    internal LevelDraw Part(int first, int count) =>
        count == At.Count ? this : new([.. At.Skip(first).Take(count)], Weights is null ? null : [.. Weights.Skip(first).Take(count)]);

    /// <summary>Each image's loss times its weight. Their mean is on average what it is with uniform steps, and so is its gradient.</summary>
    /// <param name="perImage">[N], as <see cref="TrainingLoss.PerImage"/> gives it; it stays the caller's.</param>
    /// <returns>[N], which can be differentiated; the caller owns it.</returns>
    public Tensor Weigh(Tensor perImage)
    {
        ArgumentNullException.ThrowIfNull(perImage);
        using var scope = NewDisposeScope();
        var weighted = Weights is null ? perImage.alias() : perImage * Upload.To(torch.tensor(Weights.ToArray()), perImage.device, perImage.dtype);
        return weighted.MoveToOuterDisposeScope();
    }
}
