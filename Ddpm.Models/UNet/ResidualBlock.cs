using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Norm, SiLU, convolution; the time added to every pixel; norm, SiLU, dropout, convolution; plus a shortcut (Ho et al. 2020, appendix B).</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly GroupNormalization norm1, norm2;
    private readonly Conv2d conv1, conv2;
    private readonly Linear time_emb_proj;
    private readonly Conv2d? conv_shortcut;
    private readonly DropoutNoise dropout;

    internal ResidualBlock(long input, long output, long time, UNetOptions options, DropoutNoise dropout)
        : base(nameof(ResidualBlock))
    {
        this.dropout = dropout;
        norm1 = new GroupNormalization(input, options);
        conv1 = nn.Conv2d(input, output, kernel_size: 3, padding: 1);
        time_emb_proj = nn.Linear(time, output);
        norm2 = new GroupNormalization(output, options);
        conv2 = nn.Conv2d(output, output, kernel_size: 3, padding: 1);
        conv_shortcut = input == output ? null : nn.Conv2d(input, output, kernel_size: 1);
        RegisterComponents();
    }

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="time">SiLU of the time embedding, [N, time].</param>
    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        var h = conv1.forward(nn.functional.silu(norm1.forward(x)));
        h = h + time_emb_proj.forward(time).unsqueeze(-1).unsqueeze(-1);
        h = nn.functional.silu(norm2.forward(h));
        h = conv2.forward(training ? dropout.Apply(h) : h);
        return ((conv_shortcut is null ? x : conv_shortcut.forward(x)) + h).MoveToOuterDisposeScope();
    }
}
