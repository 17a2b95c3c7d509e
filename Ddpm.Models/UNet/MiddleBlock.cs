using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>At the smallest size: residual block, attention, residual block.</summary>
internal sealed class MiddleBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<ResidualBlock> resnets;
    private readonly ModuleList<AttentionBlock> attentions;

    internal MiddleBlock(long width, long time, UNetOptions options, DropoutNoise dropout)
        : base(nameof(MiddleBlock))
    {
        resnets = nn.ModuleList(new ResidualBlock(width, width, time, options, dropout), new ResidualBlock(width, width, time, options, dropout));
        attentions = nn.ModuleList(new AttentionBlock(width, options));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        var h = attentions[0].forward(resnets[0].forward(x, time));
        return resnets[1].forward(h, time).MoveToOuterDisposeScope();
    }
}
