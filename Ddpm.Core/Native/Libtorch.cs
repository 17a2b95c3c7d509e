using System.Runtime.InteropServices;

namespace Ddpm;

/// <summary>Switches of libtorch that TorchSharp does not have, by their names in the library on Linux and macOS.</summary>
internal static class Libtorch
{
    /// <summary>The library that has all of libtorch but what is a GPU's.</summary>
    internal const string Library = "torch_cpu";

    /// <summary>
    /// Where it is looked for: beside the program, and then where the system's loader looks (LD_LIBRARY_PATH), as an installed PyTorch's. With the
    /// first alone, .NET 10 looks nowhere else.
    /// </summary>
    internal const DllImportSearchPath Places = DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories;

    /// <summary>at::Context::setUserEnabledMkldnn(bool): whether oneDNN computes convolutions.</summary>
    internal static readonly Switch OneDnn = SetOneDnn;

    /// <summary>at::Context::setUserEnabledNNPACK(bool): whether NNPACK computes those that oneDNN does not.</summary>
    internal static readonly Switch Nnpack = SetNnpack;

    /// <summary>at::Context::setDeterministicCuDNN(bool): whether cuDNN's convolutions, and their gradients, give the same bits each time.</summary>
    internal static readonly Switch DeterministicCudnn = SetDeterministicCudnn;

    /// <summary>Sets a flag of libtorch's context.</summary>
    internal delegate void Switch(nint context, [MarshalAs(UnmanagedType.U1)] bool on);

    /// <summary>For the whole process, from now on.</summary>
    /// <returns>Whether this libtorch has the switch.</returns>
    internal static bool TrySwitch(Switch which, bool on)
    {
        try
        {
            which(GlobalContext(), on);
            return true;
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether oneDNN is there and switched on; null where this libtorch cannot be asked.</summary>
    internal static bool? OneDnnIsOn()
    {
        try
        {
            return HasOneDnn() && UsesOneDnn(GlobalContext());
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    [DllImport(Library, EntryPoint = "_ZN2at13globalContextEv"), DefaultDllImportSearchPaths(Places)]
    private static extern nint GlobalContext();

    [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb"), DefaultDllImportSearchPaths(Places)]
    private static extern void SetOneDnn(nint context, [MarshalAs(UnmanagedType.U1)] bool on);

    [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb"), DefaultDllImportSearchPaths(Places)]
    private static extern void SetNnpack(nint context, [MarshalAs(UnmanagedType.U1)] bool on);

    [DllImport(Library, EntryPoint = "_ZN2at7Context21setDeterministicCuDNNEb"), DefaultDllImportSearchPaths(Places)]
    private static extern void SetDeterministicCudnn(nint context, [MarshalAs(UnmanagedType.U1)] bool on);

    [DllImport(Library, EntryPoint = "_ZN2at7Context9hasMKLDNNEv"), DefaultDllImportSearchPaths(Places)]
    [return: MarshalAs(UnmanagedType.U1)]
    private static extern bool HasOneDnn();

    [DllImport(Library, EntryPoint = "_ZNK2at7Context17userEnabledMkldnnEv"), DefaultDllImportSearchPaths(Places)]
    [return: MarshalAs(UnmanagedType.U1)]
    private static extern bool UsesOneDnn(nint context);
}
