using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// A network without what libtorch cannot do on the META device (convolutions, looking up rows), with everything that a sampler can ask of one:
/// labels and a null class, an estimate of x_0, a learned variance. There are no numbers on that device: whoever reads one throws, and whoever mixes
/// devices.
/// </summary>
internal sealed class MetaNetwork : nn.Module, IDenoiser
{
    private readonly TorchSharp.Modules.Parameter w = nn.Parameter(full(1, 0.1f)), v = nn.Parameter(full(1, 0.2f));

    internal MetaNetwork()
        : base(nameof(MetaNetwork))
    {
        RegisterComponents();
        this.to(META);
    }

    public int Classes { get; init; }

    public int? NullClass => Classes > 0 ? Classes : null;

    public bool TakesEstimate { get; init; }

    internal bool LearnsVariance { get; init; }

    public NetworkTraits Traits => new() { Classes = Classes, NullClass = NullClass, TakesEstimate = TakesEstimate };

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels;
        var x0 = conditioning?.Estimate;
        using var scope = NewDisposeScope();
        var y = w.to(x.dtype) * x + v.to(x.dtype) * (x0 ?? x) + 0.001 * t.view(-1, 1, 1, 1);
        if (labels is not null)
            y = y + 0.1 * labels.to(x.dtype).view(-1, 1, 1, 1);
        return (LearnsVariance ? cat([y, y.cos()], 1) : y).MoveToOuterDisposeScope();
    }
}
