using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>Plain modules with channels last, the faster of their layouts, behind the library's samplers.</summary>
internal sealed class PlainDenoiser : IDenoiser, IDisposable
{
    private readonly PlainUNet network;

    internal PlainDenoiser(UNetOptions options, Device device)
    {
        network = new PlainUNet(options);
        network.to(device).eval();
        network.WithChannelsLast();
    }

    public nn.Module Network => network;

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var laid = PlainUNet.ChannelsLast(x);
        return network.call(laid, t);
    }

    public void Dispose() => network.Dispose();
}
