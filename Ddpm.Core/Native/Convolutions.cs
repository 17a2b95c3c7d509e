using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Makes sure that convolutions on the CPU are right. Where a virtual machine hides the processor's caches, libtorch's oneDNN takes them for a byte
/// each, and some of its convolutions and most of their gradients are wrong by half of their size, without a word. Those of images with channels last
/// are right there, but where a width is no whole number of blocks.
/// </summary>
internal static class Convolutions
{
    // float32 sums of a few hundred terms, against double; where it is wrong it is wrong by tenths.
    private const double Tolerance = 1e-3;

    private const int Images = 4;

    // Between widths of whole blocks, an image's few channels beside them; and of others.
    private static readonly Shape[] Whole = [new(3, 32, 3, 32, 1), new(32, 3, 3, 32, 1), new(32, 48, 3, 8, 2), new(64, 32, 1, 8, 1)];
    private static readonly Shape[] Broken =
        [new(24, 16, 3, 8, 1), new(48, 2, 3, 32, 2), new(3, 40, 3, 8, 1), new(1, 20, 3, 8, 1), new(16, 40, 1, 8, 1)];

    private static readonly ConcurrentDictionary<(bool ChannelsLast, bool WholeBlocks), Lazy<bool>> Checked = new();

    /// <summary>Sees to the convolutions of a network. The first call for one of its kind takes tenths of a second.</summary>
    /// <returns>Whether oneDNN had to be switched off for this process.</returns>
    /// <exception cref="PlatformNotSupportedException">It had to, but cannot be here.</exception>
    internal static bool Ensure(nn.Module network) => Kinds(network).Any(kind => Checked.GetOrAdd(
        kind, static kind => new(() => Check(kind.ChannelsLast, kind.WholeBlocks))).Value);

    /// <summary>The layouts of its convolutions: it may be made of networks that have channels last, and others.</summary>
    internal static IEnumerable<(bool ChannelsLast, bool WholeBlocks)> Kinds(nn.Module network)
    {
        if (network is IChannelsLast itself)
            return [(true, itself.HasWholeBlocks)];
        var inside = network.modules().OfType<IChannelsLast>().ToArray();
        var known = inside.Cast<nn.Module>().SelectMany(module => module.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);
        // What has more than two dimensions may be a convolution's weights.
        var others = network.parameters().Concat(network.buffers()).Any(weights => weights.dim() > 2 && !known.Contains(weights));
        return [.. inside.Select(module => (true, module.HasWholeBlocks)), .. others ? new[] { (false, false) } : []];
    }

    /// <summary>The largest error of some convolutions and their gradients, in units of the largest value.</summary>
    internal static double LargestError(bool channelsLast, bool wholeBlocks) =>
        (wholeBlocks ? Whole : [.. Whole, .. Broken]).Max(shape => Error(shape, channelsLast));

    private static bool Check(bool channelsLast, bool wholeBlocks)
    {
        // NNPACK computes only batches of 16 and more, which oneDNN takes before it; but where it does not know the processor, it says so at every
        // convolution that oneDNN leaves.
        Libtorch.TrySwitch(Libtorch.Nnpack, on: false);
        if (LargestError(channelsLast, wholeBlocks) <= Tolerance)
            return false;
        if (Libtorch.TrySwitch(Libtorch.OneDnn, on: false) && LargestError(channelsLast, wholeBlocks) <= Tolerance)
            return true;
        throw new PlatformNotSupportedException(
            "libtorch's convolutions on the CPU must be right, but on this processor they are not, "
            + "and oneDNN cannot be switched off or is not the cause.");
    }

    private static double Error(Shape shape, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(true);
        var (padding, stride, kernel) = (shape.Kernel / 2, shape.Stride, shape.Kernel);
        var x = Wave(Images, shape.From, shape.Edge, shape.Edge);
        var weight = Wave(shape.To, shape.From, kernel, kernel);
        var found = WithGradients(channelsLast ? ChannelsLast.Of(x) : x, weight,
            (image, weight) => nn.functional.conv2d(image, weight, strides: [stride, stride], padding: [padding, padding]));
        // The same as a product of matrices, which no library for convolutions takes part in.
        var right = WithGradients(x.to(ScalarType.Float64), weight.to(ScalarType.Float64), (image, weight) =>
            weight.flatten(1).expand(Images, -1, -1).bmm(nn.functional.unfold(image, kernel, padding: padding, stride: stride)).view(found[0].shape));
        return found.Zip(right, (a, b) => ((a - b).abs().max() / b.abs().max()).item<double>())
            .Max(error => double.IsNaN(error) ? double.PositiveInfinity : error);
    }

    // A function of image and weights, and its gradients by both.
    private static Tensor[] WithGradients(Tensor x, Tensor weight, Func<Tensor, Tensor, Tensor> function)
    {
        (x, weight) = (x.detach().requires_grad_(), weight.detach().requires_grad_());
        var y = function(x, weight);
        return [y, .. autograd.grad([y], [x, weight], [Wave(y.shape).to(y.dtype)])];
    }

    // Values without a pattern that a wrong order would keep; drawn from no generator.
    private static Tensor Wave(params ReadOnlySpan<long> shape)
    {
        var extents = shape.ToArray();
        return (arange(extents.Aggregate(1L, (a, b) => a * b), ScalarType.Float32) * 1.7f).cos().view(extents);
    }

    private readonly record struct Shape(int From, int To, int Kernel, int Edge, int Stride);
}
