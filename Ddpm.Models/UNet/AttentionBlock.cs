using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Self-attention over the pixels with one head of all channels, scaled by 1/√C, added to its input (Ho et al. 2020, appendix B).</summary>
internal sealed class AttentionBlock : nn.Module<Tensor, Tensor>
{
    private readonly GroupNormalization group_norm;
    private readonly Linear to_q, to_k, to_v;
    private readonly ModuleList<Linear> to_out;

    internal AttentionBlock(long channels, UNetOptions options)
        : base(nameof(AttentionBlock))
    {
        group_norm = new GroupNormalization(channels, options);
        to_q = nn.Linear(channels, channels);
        to_k = nn.Linear(channels, channels);
        to_v = nn.Linear(channels, channels);
        to_out = nn.ModuleList(nn.Linear(channels, channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var pixels = group_norm.forward(x).view(n, c, h * w).transpose(1, 2);
        var mixed = nn.functional.scaled_dot_product_attention(to_q.forward(pixels), to_k.forward(pixels), to_v.forward(pixels));
        return (to_out[0].forward(mixed).transpose(1, 2).reshape(n, c, h, w) + x).MoveToOuterDisposeScope();
    }
}
