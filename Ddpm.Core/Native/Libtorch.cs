using System.Runtime.InteropServices;

namespace Ddpm;

/// <summary>Switches of libtorch that TorchSharp does not have, by their names in the library (Linux and macOS).</summary>
internal static class Libtorch
{
    private const string Library = "torch_cpu";

    /// <summary>
    /// Computes convolutions by libtorch's own code from now on, for the whole process: without oneDNN, nor NNPACK, which would say of every convolution
    /// that it does not know the processor.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">This libtorch has no such switch.</exception>
    internal static void SwitchOffConvolutionLibraries()
    {
        try
        {
            var context = GlobalContext();
            EnableOneDnn(context, false);
            EnableNnpack(context, false);
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            throw new PlatformNotSupportedException(
                "libtorch's convolutions are wrong on this processor while oneDNN is on, and this libtorch has no switch to turn it off.", fault);
        }
    }

    // at::globalContext(), at::Context::setUserEnabledMkldnn(bool), at::Context::setUserEnabledNNPACK(bool)
    [DllImport(Library, EntryPoint = "_ZN2at13globalContextEv"), DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern nint GlobalContext();

    [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb"), DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern void EnableOneDnn(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);

    [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb"), DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern void EnableNnpack(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);
}
