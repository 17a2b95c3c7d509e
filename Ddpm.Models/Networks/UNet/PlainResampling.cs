using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Half or twice the size without weights.</summary>
internal sealed class PlainResampling(Func<Tensor, Tensor> resample) : nn.Module<Tensor, Tensor, Tensor>(nameof(PlainResampling)), ICompilable
{
    /// <summary>The mean of every 2x2 pixels.</summary>
    internal static Tensor Halve(Tensor x) => nn.functional.avg_pool2d(x, 2);

    /// <summary>Every pixel four times.</summary>
    internal static Tensor Double(Tensor x) => nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    /// <summary>A twin made of kernels.</summary>
    public ICompiledResampler Compile(UNetCompiler compiler) => new Resizing(up: resample == Double);

    public override Tensor forward(Tensor x, Tensor time) => resample(x);
}
