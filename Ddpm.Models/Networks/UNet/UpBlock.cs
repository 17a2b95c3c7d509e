using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>One level on the way up: every block also sees the newest skip; then twice the size unless it is the full-size level.</summary>
internal sealed class UpBlock : nn.Module
{
    private readonly ModuleList<ResidualBlock> resnets = new();
    private readonly ModuleList<AttentionBlock>? attentions;
    private readonly ModuleList<nn.Module<Tensor, Tensor, Tensor>>? upsamplers;

    /// <param name="level">0 is full size.</param>
    /// <param name="input">Width that comes from below.</param>
    /// <param name="skips">Widths of the skips, the newest on top; those that this level uses are taken off.</param>
    /// <param name="options">The network's.</param>
    /// <param name="dropout">The network's.</param>
    /// <param name="device">Where the weights are made; null: on the CPU.</param>
    internal UpBlock(int level, long input, Stack<long> skips, UNetOptions options, DropoutNoise dropout, Device? device)
        : base(nameof(UpBlock))
    {
        var width = options.Width(level);
        for (var i = 0; i <= options.BlocksPerLevel; i++)
            resnets.Add(new ResidualBlock((i == 0 ? input : width) + skips.Pop(), width, options, dropout, device));
        if (options.UpAttention(level))
            attentions = new ModuleList<AttentionBlock>([.. resnets.Select(_ => new AttentionBlock(width, up: true, options, device))]);
        if (level > 0)
            upsamplers = nn.ModuleList<nn.Module<Tensor, Tensor, Tensor>>(options.Upsample(level - 1) switch
            {
                Resampling.Convolution => new UpConvolution(width, options, device),
                Resampling.ResidualBlock => new ResidualBlock(width, width, options, dropout, device, PlainResampling.Double),
                _ => new PlainResampling(PlainResampling.Double),
            });
        RegisterComponents();
    }

    /// <summary>A twin made of kernels.</summary>
    internal CompiledLevel Compile(UNetCompiler compiler) => new(
        [.. resnets.Select(block => block.Compile(compiler))], attentions?.Select(block => block.Compile()).ToArray(),
        ((ICompilable?)upsamplers?[0])?.Compile(compiler));

    internal Tensor Forward(Tensor h, Stack<Tensor> skips, Tensor time)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < resnets.Count; i++)
        {
            h = resnets[i].call(cat([h, skips.Pop()], dim: 1), time);
            h = attentions is null ? h : attentions[i].call(h);
        }
        h = upsamplers is null ? h : upsamplers[0].call(h, time);
        return h.MoveToOuterDisposeScope();
    }
}
