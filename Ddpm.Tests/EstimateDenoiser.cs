using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// A self-conditioned denoiser that is a formula of x and, by image, of t and the label [N, 1, 1, 1] (0 without classes), and of the estimate, zeros
/// if there is none. It remembers what it was shown and what it said, outside any scope.
/// </summary>
internal sealed class EstimateDenoiser(Func<Tensor, Tensor, Tensor, Tensor, Tensor> formula, int classes = 0)
    : IDenoiser
{
    public int Classes => classes;

    public int? NullClass => classes > 0 ? classes : null;

    public bool TakesEstimate { get; init; } = true;

    /// <summary>Whether it remembers.</summary>
    internal bool Remembers { get; init; } = true;

    /// <summary>The estimate of every call; null where there was none.</summary>
    internal List<Tensor?> Shown { get; } = [];

    /// <summary>The output of every call.</summary>
    internal List<Tensor> Said { get; } = [];

    public NetworkTraits Traits => new() { Classes = Classes, NullClass = NullClass, TakesEstimate = TakesEstimate };

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels;
        var x0 = conditioning?.Estimate;
        using var scope = NewDisposeScope();
        var label = labels is null ? zeros_like(t) : labels.to(x.dtype);
        var output = formula(x, t.view(-1, 1, 1, 1), label.view(-1, 1, 1, 1), x0 ?? zeros_like(x));
        if (Remembers)
        {
            Shown.Add(x0?.clone().DetachFromDisposeScope());
            Said.Add(output.clone().DetachFromDisposeScope());
        }
        return output.MoveToOuterDisposeScope();
    }
}
