using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Whether the kernels of this folder are used; each has a plain twin in TorchSharp.</summary>
internal static class FastKernels
{
    /// <summary>The switch of AppContext that turns them off.</summary>
    internal const string Switch = "Ddpm.FastKernels";

    /// <summary>Channels that a vector holds, computed in float32.</summary>
    internal const int Lanes = 8;

    /// <summary>As the processor, libtorch and the switch say; tests and comparisons turn it.</summary>
    internal static bool AreOn { get; set; } =
        Vector256.IsHardwareAccelerated && (!AppContext.TryGetSwitch(Switch, out var on) || on) && NativeThreads.AreLent;

    /// <summary>Whether they can compute on images: on the CPU, with channels last, float32 or bfloat16, in whole vectors of channels.</summary>
    /// <param name="x">[N, C, H, W].</param>
    internal static bool Fit(Tensor x)
    {
        if (!AreOn || x.device_type != DeviceType.CPU || x.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || x.dim() != 4)
            return false;
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        return c % Lanes == 0 && x.numel() > 0 && x.stride() is [var image, 1, var row, var pixel] && pixel == c && row == w * c && image == h * w * c;
    }
}
