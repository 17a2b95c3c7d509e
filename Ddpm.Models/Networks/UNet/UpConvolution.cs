using Ddpm.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Doubles height and width by repeating every pixel, then a 3x3 convolution.</summary>
internal sealed class UpConvolution : nn.Module<Tensor, Tensor, Tensor>, ICompilable
{
    private readonly Conv2d conv;

    internal UpConvolution(long channels, UNetOptions options, Device? device)
        : base(nameof(UpConvolution))
    {
        conv = nn.Conv2d(channels, channels, kernel_size: 3, padding: 1, bias: options.UpsampleBias, device: device);
        RegisterComponents();
    }

    /// <summary>A twin made of kernels.</summary>
    public ICompiledResampler Compile(UNetCompiler compiler) => new CompiledUpConvolution(new ConvolutionLayer(conv.weight, conv.bias));

    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        return WinogradConvolution.Run(conv, PlainResampling.Double(x)).MoveToOuterDisposeScope();
    }
}
