using Ddpm.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Halves height and width by a 3x3 convolution with stride 2.</summary>
internal sealed class DownConvolution : nn.Module<Tensor, Tensor, Tensor>, ICompilable
{
    private readonly Conv2d conv;
    private readonly bool padAfterEnd;

    internal DownConvolution(long channels, UNetOptions options, Device? device)
        : base(nameof(DownConvolution))
    {
        padAfterEnd = options.DownsamplePadding == DownsamplePadding.AfterEnd;
        conv = nn.Conv2d(channels, channels, kernel_size: 3, stride: 2, padding: padAfterEnd ? 0 : 1, device: device);
        RegisterComponents();
    }

    /// <summary>A twin made of kernels.</summary>
    public ICompiledResampler Compile(UNetCompiler compiler) => new CompiledDownConvolution(new ConvolutionLayer(conv.weight, conv.bias), padAfterEnd);

    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        return conv.call(padAfterEnd ? nn.functional.pad(x, [0L, 1, 0, 1]) : x).MoveToOuterDisposeScope();
    }
}
