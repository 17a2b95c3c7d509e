using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>Networks all of whose weights matter: fresh ones have biases of 0, norms of 1 and an output of 0.</summary>
internal static class Shaken
{
    internal static UNet Network(UNetOptions options)
    {
        var network = new UNet(options);
        using var noGrad = no_grad();
        using var generator = new Generator(11);
        foreach (var (name, weight) in network.named_parameters())
            if (weight.dim() > 1)
                weight.normal_(0, 1 / Math.Sqrt(weight.numel() / weight.shape[0]), generator);
            else if (!name.StartsWith("time_proj.", StringComparison.Ordinal))
                weight.normal_(name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0, 0.3, generator);
        network.eval();
        return network;
    }

    /// <summary>x_t, and all that such a network takes beside it.</summary>
    internal static (Tensor X, Conditioning Given) Input(UNetOptions options, int images, (int Height, int Width)? size = null)
    {
        using var generator = new Generator((ulong)images);
        var (height, width) = size ?? (options.Image.Height, options.Image.Width);
        Tensor Images(int channels) => randn([images, channels, height, width], generator: generator);
        return (Images(options.Image.Channels), new()
        {
            Labels = options.Labels is null or { Kind: LabelKind.Identity } ? null : randint(0, options.Labels.Rows, [images], generator: generator),
            Embedding = options.Labels?.Kind == LabelKind.Identity ? randn([images, options.TimeWidth], generator: generator) : null,
            Estimate = options.SelfConditioning ? Images(options.Image.Channels) : null,
            Image = options.ConditionChannels > 0 ? Images(options.ConditionChannels) : null,
        });
    }
}
