using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>A convolution whose result is compared with that of float64.</summary>
internal sealed record ConvolutionCase(int Images, int Inputs, int Outputs, int Height, int Width)
{
    /// <summary>Computes: input, output, weights, what to do in the end, memory.</summary>
    internal delegate void Run(PixelBlock input, PixelBlock output, Tensor weight, in Finish finish, KernelMemory memory);

    /// <summary>Of the kernel: 1 or 3.</summary>
    internal int Size { get; init; } = 3;

    internal int Step { get; init; } = 1;

    /// <summary>Zeros before the first pixel, and after the last.</summary>
    internal (int Before, int After) Padding { get; init; } = (1, 1);

    /// <summary>Channels before and after those that count, in every pixel.</summary>
    internal (int Before, int After) Room { get; init; }

    internal bool HasBias { get; init; } = true;

    internal bool IsBiasOfImages { get; init; }

    internal ConvolutionSum Adds { get; init; }

    internal double Factor { get; init; } = 1;

    /// <summary>The largest difference in units of the largest value is at most the tolerance.</summary>
    internal void IsThatOfDoubles(double tolerance, Run run)
    {
        using var scope = NewDisposeScope();
        var x = Kernel.Normal(1, Images, Inputs, Height, Width);
        var weight = Kernel.Normal(2, Outputs, Inputs, Size, Size) / Math.Sqrt(Size * Size * Inputs);
        var bias = IsBiasOfImages ? Kernel.Normal(3, Images, Outputs) : Kernel.Normal(3, 1, Outputs);
        var convolved = Expected(x, weight);
        var added = Kernel.Normal(4, convolved.shape);

        PixelRoom input = new(x, Room.Before, Room.After), output = new(added, Room.After, Room.Before), other = new(added, Room.After, 0);
        var before = Images * 8;            // biases begin anywhere among others
        using var biases = NativeValues.Of(cat([zeros(before), bias.flatten()]));
        var finish = HasBias ? Finish.Of(biases, before, IsBiasOfImages ? Outputs : 0) : new Finish();
        finish = Adds switch
        {
            ConvolutionSum.Another => finish.Plus(other.Block, Factor),
            ConvolutionSum.InPlace => finish.Plus(output.Block, Factor),
            _ => finish,
        };
        using var memory = new KernelMemory();
        run(input.Block, output.Block, weight, finish, memory);

        var expected = convolved + (HasBias ? bias.unsqueeze(-1).unsqueeze(-1) : 0);
        expected = Adds == ConvolutionSum.Nothing ? expected : (expected + added) * Factor;
        Expect.RelativelyClose(output.Read(), expected, tolerance);
        Expect.Same(input.Read(), x);
        Expect.Same(other.Read(), added);
    }

    private Tensor Expected(Tensor x, Tensor weight)
    {
        var padded = Size == 1 ? x : nn.functional.pad(x, [Padding.Before, Padding.After, Padding.Before, Padding.After]);
        return nn.functional.conv2d(padded.to(ScalarType.Float64), weight.to(ScalarType.Float64), strides: [Step, Step]);
    }
}
