using Ddpm.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Self-attention over the pixels, added to its input (Ho et al. 2020, appendix B): one head of all channels in the paper, or several of consecutive
/// channels each. Scaled by 1/√(width of a head).
/// </summary>
internal sealed class AttentionBlock : nn.Module<Tensor, Tensor>, ICheckpointedModule
{
    private readonly GroupNormalization? group_norm;
    private readonly Linear to_q, to_k, to_v;
    private readonly ModuleList<Linear> to_out;
    private readonly long heads, headWidth;
    private readonly double scale;

    internal AttentionBlock(int channels, bool up, UNetOptions options, Device? device)
        : this(channels, options.HeadsOf(channels, up), options, options.Groups, scale: 1, device)
    {
    }

    /// <param name="channels">Width outside.</param>
    /// <param name="heads">≥ 1.</param>
    /// <param name="options">The network's.</param>
    /// <param name="groups">Of the norm; 0: none.</param>
    /// <param name="scale">The sum of input and result is divided by this.</param>
    /// <param name="device">Where the weights are made; null: on the CPU.</param>
    internal AttentionBlock(int channels, int heads, UNetOptions options, int groups, double scale, Device? device)
        : base(nameof(AttentionBlock))
    {
        (this.heads, headWidth, this.scale) = (heads, options.HeadWidth ?? channels / heads, scale);
        var inside = this.heads * headWidth;
        group_norm = groups == 0 ? null : new GroupNormalization(channels, groups, options.NormEpsilon, device);
        to_q = nn.Linear(channels, inside, device: device);
        to_k = nn.Linear(channels, inside, device: device);
        to_v = nn.Linear(channels, inside, device: device);
        to_out = nn.ModuleList(nn.Linear(inside, channels, device: device));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public bool CheckpointsActivations { get; set; }

    public override Tensor forward(Tensor x) =>
        CheckpointsActivations ? ActivationCheckpoint.Run(given => Compute(given[0]), x) : Compute(x);

    /// <summary>A twin made of kernels.</summary>
    internal CompiledAttentionBlock Compile()
    {
        Linear[] asked = [to_q, to_k, to_v];
        return new(
            group_norm?.Compile(), new ConvolutionLayer([.. asked.Select(each => each.weight!)], [.. asked.Select(each => each.bias!)]),
            new ConvolutionLayer([to_out[0].weight!], [to_out[0].bias!]), (int)heads, scale);
    }

    private Tensor Compute(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        // In one piece: with channels last these are already; else each of the three products would copy them.
        var pixels = (group_norm is null ? x : group_norm.call(x)).reshape(n, c, h * w).transpose(1, 2).contiguous();
        var mixed = nn.functional.scaled_dot_product_attention(Heads(to_q, pixels), Heads(to_k, pixels), Heads(to_v, pixels));
        // x first: the sum lies in memory as its first term.
        var result = x.Plus(to_out[0].call(mixed.transpose(1, 2).reshape(n, h * w, heads * headWidth)).transpose(1, 2).reshape(n, c, h, w));
        return (scale == 1 ? result : result.Over(scale)).MoveToOuterDisposeScope();
    }

    // [N, HW, C] → [N, heads, HW, width of a head]
    private Tensor Heads(Linear projection, Tensor pixels) =>
        projection.call(pixels).view(pixels.shape[0], pixels.shape[1], heads, headWidth).transpose(1, 2);
}
