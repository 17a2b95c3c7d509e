using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>
/// A network without convolutions, for which the META device has no kernels: a linear layer over the channels of each pixel, told t and a class,
/// shown an estimate, with dropout. It has all that a UNet has to be trained and sampled with.
/// </summary>
internal sealed class PixelwiseNetwork : nn.Module, IDenoiser, IStochasticModule
{
    private readonly Linear mix;
    private readonly Parameter classes;
    private readonly DropoutNoise dropout = new(0.2);

    internal PixelwiseNetwork(Device device, int outputs = 3, int count = 4, bool takesEstimate = true)
        : base(nameof(PixelwiseNetwork))
    {
        (Classes, TakesEstimate) = (count, takesEstimate);
        mix = nn.Linear(takesEstimate ? 6 : 3, outputs, device: device);
        classes = new Parameter(zeros(count + 1, outputs, device: device));
        RegisterComponents();
    }

    public int Classes { get; }

    public int? NullClass => Classes > 0 ? Classes : null;

    public bool TakesEstimate { get; }

    public void Reseed(ulong seed, int firstImage = 0) => dropout.Reseed(seed, firstImage);

    public NetworkTraits Traits => new() { Classes = Classes, NullClass = NullClass, TakesEstimate = TakesEstimate };

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels;
        var x0 = conditioning?.Estimate;
        using var scope = NewDisposeScope();
        var seen = TakesEstimate ? cat([x, x0 ?? zeros_like(x)], 1) : x;
        var y = mix.call((training ? dropout.Apply(seen) : seen).permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
        y = y + 1e-3 * t.to(x.dtype).view(-1, 1, 1, 1);
        return (labels is null ? y : y + classes[TensorIndex.Tensor(labels)].unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }
}
