using System.Collections.Concurrent;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>How much arithmetic the network is, and how its images lie in memory.</summary>
internal sealed partial class PlainUNet
{
    private static readonly ConcurrentDictionary<UNetOptions, double> Counted = new();

    /// <summary>
    /// Floating-point operations for one image, a multiplication and an addition being two: of convolutions (as their definition computes them),
    /// linear layers and the two products of attention; what is done once for each value is left out.
    /// </summary>
    internal static double Operations(UNetOptions options) => Counted.GetOrAdd(options, Count);

    /// <summary>
    /// Lays the weights of the convolutions out as [O, H, W, I]: with images of that layout, libtorch then computes in that layout throughout.
    /// </summary>
    internal PlainUNet WithChannelsLast()
    {
        using var noGrad = no_grad();
        foreach (var weight in parameters().Where(weight => weight.dim() == 4))
        {
            using var laid = ChannelsLast(weight.detach());
            weight.set_(laid);
        }
        return this;
    }

    /// <summary>The same values, laid out as [N, H, W, C].</summary>
    internal static Tensor ChannelsLast(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static double Count(UNetOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new PlainUNet(options);
        var operations = 0.0;
        foreach (var module in network.modules())
        {
            if (module is Conv2d convolution)
            {
                var weights = convolution.weight.shape[1..].Aggregate(2.0, (product, extent) => product * extent);
                convolution.register_forward_hook((_, _, y) => Add(y, weights * y.numel()));
            }
            else if (module is Linear linear)
            {
                linear.register_forward_hook((_, _, y) => Add(y, 2.0 * y.numel() * linear.in_features));
            }
            else if (module is Attention attention)
            {
                attention.register_forward_hook((_, _, y) => Add(y, 4.0 * y.shape[1] * Math.Pow(y.shape[2] * y.shape[3], 2)));
            }
        }
        network.eval();
        network.call(zeros(options.Image.Batch(1)), zeros(1));
        return operations;

        Tensor Add(Tensor y, double more)
        {
            operations += more;
            return y;
        }
    }
}
