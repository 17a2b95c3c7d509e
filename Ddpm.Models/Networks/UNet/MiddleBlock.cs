using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>At the smallest size: residual block, attention, residual block.</summary>
internal sealed class MiddleBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<ResidualBlock> resnets;
    private readonly ModuleList<AttentionBlock>? attentions;

    internal MiddleBlock(int width, UNetOptions options, DropoutNoise dropout, Device? device)
        : base(nameof(MiddleBlock))
    {
        var middle = options.Middle;
        resnets = nn.ModuleList(Block(), Block());
        if (middle.Attention)
            attentions = nn.ModuleList(
                new AttentionBlock(width, options.HeadsOf(width, up: false), options, middle.NormGroups ?? options.Groups, middle.Scale, device));
        RegisterComponents();

        ResidualBlock Block() => new(width, width, options, dropout, device, scale: middle.Scale);
    }

    /// <summary>A twin made of kernels.</summary>
    internal CompiledMiddle Compile(UNetCompiler compiler) =>
        new(resnets[0].Compile(compiler), attentions?[0].Compile(), resnets[1].Compile(compiler));

    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        var h = resnets[0].call(x, time);
        h = attentions is null ? h : attentions[0].call(h);
        return resnets[1].call(h, time).MoveToOuterDisposeScope();
    }
}
