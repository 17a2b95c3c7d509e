using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Makes sure that convolutions on the CPU are right. Where a virtual machine hides the processor's caches, libtorch's oneDNN takes them for a byte
/// each, and some of its convolutions and most of their gradients are wrong by half of their size, without a word.
/// </summary>
internal static class Convolutions
{
    // float32 sums of a few hundred terms, against double; where it is wrong it is wrong by tenths.
    private const double Tolerance = 1e-3;

    // Channels that are whole blocks of oneDNN's layouts and not, few and many, at both strides.
    private static readonly (int From, int To, int Edge, int Stride)[] Shapes = [(24, 16, 8, 1), (48, 2, 32, 2), (32, 3, 32, 1), (3, 40, 8, 1)];

    private static readonly Lazy<bool> Checked = new(Check);

    /// <summary>Whether oneDNN had to be switched off for this process. The first call takes some milliseconds.</summary>
    /// <exception cref="PlatformNotSupportedException">It had to, but cannot be here.</exception>
    internal static bool Ensure() => Checked.Value;

    /// <summary>The largest error of some convolutions and their gradients, in units of the largest value.</summary>
    internal static double LargestError() => Shapes.Max(shape => Error(shape.From, shape.To, shape.Edge, shape.Stride));

    private static bool Check()
    {
        // NNPACK is the next in the line of libtorch's libraries; where it does not know the processor, it says so at every convolution.
        Libtorch.TrySwitch(Libtorch.Nnpack, on: false);
        if (LargestError() <= Tolerance)
        {
            Libtorch.TrySwitch(Libtorch.Nnpack, on: true);
            return false;
        }
        if (Libtorch.TrySwitch(Libtorch.OneDnn, on: false) && LargestError() <= Tolerance)
            return true;
        throw new PlatformNotSupportedException(
            "libtorch's convolutions on the CPU must be right, but on this processor they are not, and oneDNN cannot be switched off or is not the cause.");
    }

    private static double Error(int from, int to, int edge, int stride)
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(true);
        var (x, weight) = (Wave(2, from, edge, edge), Wave(to, from, 3, 3));
        var found = Results(x, weight, stride);
        var right = Results(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), stride);
        return found.Zip(right, (a, b) => ((a - b).abs().max() / b.abs().max()).item<double>())
            .Max(error => double.IsNaN(error) ? double.PositiveInfinity : error);
    }

    // A convolution and its gradients by image and weight.
    private static Tensor[] Results(Tensor x, Tensor weight, int stride)
    {
        (x, weight) = (x.detach().requires_grad_(), weight.detach().requires_grad_());
        var y = nn.functional.conv2d(x, weight, strides: [stride, stride], padding: [1, 1]);
        return [y, .. autograd.grad([y], [x, weight], [Wave(y.shape).to(y.dtype)])];
    }

    // Values without a pattern that a wrong order would keep; drawn from no generator.
    private static Tensor Wave(params ReadOnlySpan<long> shape)
    {
        var extents = shape.ToArray();
        return (arange(extents.Aggregate(1L, (a, b) => a * b), ScalarType.Float32) * 1.7f).cos().view(extents);
    }
}
