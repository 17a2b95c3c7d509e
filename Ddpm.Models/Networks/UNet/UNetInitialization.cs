using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// The paper's first weights: uniform with variance 2/(fan in + fan out) (Glorot and Bengio 2010), zero biases, and zero for the last
/// convolution of every residual block, of attention and of the network, so that a fresh network predicts zero. Rows of a table are normal.
/// </summary>
internal static class UNetInitialization
{
    private static readonly string[] Zeros = [".conv2.weight", ".to_out.0.weight", "conv_out.weight"];

    internal static void Apply(UNet network, ulong seed)
    {
        using var noGrad = no_grad();
        using var common = new Generator(seed, CPU);
        foreach (var (i, (name, parameter)) in network.named_parameters().Index())
        {
            // A generator keeps 32 bits of its seed. A longer one gives each parameter a generator of its own, so that all of its bits count.
            using var own = seed > uint.MaxValue ? new Generator(Seeds.Mix(seed, (ulong)i), CPU) : null;
            var generator = own ?? common;
            if (name is "time_proj.weight" or "class_embedding.weight")
                parameter.normal_(0, parameter.dim() == 1 ? FourierFeatures.Scale : 1, generator);
            else if (parameter.dim() > 1)
                Uniform(name, parameter, generator);
            else if (name.EndsWith(".bias", StringComparison.Ordinal))
                parameter.zero_();              // norms are made as (1, 0)
        }
    }

    private static void Uniform(string name, Tensor parameter, Generator generator)
    {
        var fans = (parameter.shape[0] + parameter.shape[1]) * parameter.shape[2..].Aggregate(1L, (product, extent) => product * extent);
        var bound = Zeros.Any(end => name.EndsWith(end, StringComparison.Ordinal)) ? 0 : Math.Sqrt(6.0 / fans);
        parameter.uniform_(-bound, bound, generator);
    }
}
