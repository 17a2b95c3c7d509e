using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// The smallest self-conditioned network that can be trained: w x + v x0 for its mean, and half the cosine of that for a learned variance.
/// </summary>
internal sealed class EstimateNetwork : nn.Module, IDenoiser
{
    internal readonly TorchSharp.Modules.Parameter W = nn.Parameter(full(1, 0.3f)), V = nn.Parameter(full(1, 0.2f));
    private readonly bool learnsVariance;

    internal EstimateNetwork(bool learnsVariance = false)
        : base(nameof(EstimateNetwork))
    {
        this.learnsVariance = learnsVariance;
        RegisterComponents();
    }

    public bool TakesEstimate { get; init; } = true;

    /// <summary>For every call whether it was shown an estimate.</summary>
    internal List<bool> Shown { get; } = [];

    /// <summary>Whether any estimate had a gradient.</summary>
    internal bool SawGradient { get; private set; }

    public NetworkTraits Traits => new() { TakesEstimate = TakesEstimate };

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels;
        var x0 = conditioning?.Estimate;
        Shown.Add(x0 is not null);
        SawGradient |= x0?.requires_grad == true;
        using var scope = NewDisposeScope();
        var mean = W * x + V * (x0 ?? zeros_like(x));
        if (labels is not null)
            mean = mean + 0.1 * labels.view(-1, 1, 1, 1);
        return (learnsVariance ? cat([mean, 0.5 * mean.cos()], 1) : mean).MoveToOuterDisposeScope();
    }
}
