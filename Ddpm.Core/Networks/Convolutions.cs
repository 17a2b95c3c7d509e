using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Makes sure that convolutions on the CPU are right. Where a virtual machine hides the processor's caches (seen on an AMD Zen 5 whose CPUID leaf
/// 0x8000001D is empty), libtorch's oneDNN computes some convolutions and most of their gradients wrong by half of their size, without a word. Those
/// of images with channels last are right there, but where a width is no whole number of blocks. So on such a processor oneDNN is switched off for
/// what may be wrong; nothing is tried out, as some wrong ones write outside their tensors.
/// </summary>
internal static class Convolutions
{
    private static readonly Lazy<bool> OneDnnIsOff = new(SwitchOneDnnOff);

    /// <summary>Sees to the convolutions of a network, if it computes on the CPU.</summary>
    /// <exception cref="PlatformNotSupportedException">oneDNN has to be switched off, but cannot be here.</exception>
    internal static void Ensure(IDenoiser network)
    {
        if (ProcessorCaches.AreHidden && network.Network is { } module && MayBeWrong(module))
            _ = OneDnnIsOff.Value;
    }

    /// <summary>Sees to the convolutions of images with channels last on the CPU.</summary>
    /// <inheritdoc cref="Ensure"/>
    internal static void EnsureChannelsLast(bool wholeBlocks)
    {
        if (ProcessorCaches.AreHidden && !wholeBlocks)
            _ = OneDnnIsOff.Value;
    }

    /// <summary>
    /// Whether oneDNN may compute a network's convolutions wrong where the caches are hidden. It may be made of networks of several kinds.
    /// </summary>
    internal static bool MayBeWrong(nn.Module network)
    {
        if (Layout(network) is var layout and not ConvolutionLayout.Unknown)
            return layout != ConvolutionLayout.ChannelsLastInBlocks && network.parameters().Any(IsOnCpu);
        var inside = network.modules().Where(part => part != network && Layout(part) != ConvolutionLayout.Unknown).ToArray();
        var known = inside.SelectMany(module => module.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);
        // What has more than two dimensions may be a convolution's weights.
        return inside.Any(MayBeWrong)
            || network.parameters().Concat(network.buffers()).Any(weights => IsOnCpu(weights) && weights.dim() > 2 && !known.Contains(weights));
    }

    private static ConvolutionLayout Layout(nn.Module part) => (part as IDenoiser)?.Traits.Layout ?? ConvolutionLayout.Unknown;

    private static bool IsOnCpu(Tensor weights) => weights.device_type == DeviceType.CPU;

    private static bool SwitchOneDnnOff()
    {
        if (!Libtorch.TrySwitch(Libtorch.OneDnn, on: false))
            throw new PlatformNotSupportedException(
                "This processor hides its caches, so that libtorch's oneDNN computes wrong convolutions on it, and this libtorch cannot do without.");
        // Where NNPACK does not know the processor, it says so at every convolution that oneDNN leaves.
        Libtorch.TrySwitch(Libtorch.Nnpack, on: false);
        return true;
    }
}
