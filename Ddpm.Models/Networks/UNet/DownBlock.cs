using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>One level on the way down: residual blocks, each with attention if the level has it, then half the size unless it is the last.</summary>
internal sealed class DownBlock : nn.Module
{
    private readonly ModuleList<ResidualBlock> resnets = new();
    private readonly ModuleList<AttentionBlock>? attentions;
    private readonly ModuleList<nn.Module<Tensor, Tensor, Tensor>>? downsamplers;

    internal DownBlock(int level, long input, UNetOptions options, DropoutNoise dropout, Device? device)
        : base(nameof(DownBlock))
    {
        var width = options.Width(level);
        for (var i = 0; i < options.BlocksPerLevel; i++)
            resnets.Add(new ResidualBlock(i == 0 ? input : width, width, options, dropout, device));
        if (options.DownAttention(level))
            attentions = new ModuleList<AttentionBlock>([.. resnets.Select(_ => new AttentionBlock(width, up: false, options, device))]);
        if (level < options.Levels - 1)
            downsamplers = nn.ModuleList<nn.Module<Tensor, Tensor, Tensor>>(options.Downsample(level) switch
            {
                Resampling.Convolution => new DownConvolution(width, options, device),
                Resampling.ResidualBlock => new ResidualBlock(width, width, options, dropout, device, PlainResampling.Halve),
                _ => new PlainResampling(PlainResampling.Halve),
            });
        RegisterComponents();
    }

    /// <summary>A twin made of kernels.</summary>
    internal CompiledLevel Compile(UNetCompiler compiler) => new(
        [.. resnets.Select(block => block.Compile(compiler))], attentions?.Select(block => block.Compile()).ToArray(),
        ((ICompilable?)downsamplers?[0])?.Compile(compiler));

    /// <summary>Pushes the output of every block and of the downsampling onto the skips.</summary>
    internal void Forward(Stack<Tensor> skips, Tensor time)
    {
        for (var i = 0; i < resnets.Count; i++)
        {
            var h = resnets[i].call(skips.Peek(), time);
            skips.Push(attentions is null ? h : attentions[i].call(h));
        }
        if (downsamplers is not null)
            skips.Push(downsamplers[0].call(skips.Peek(), time));
    }
}
