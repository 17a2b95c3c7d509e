using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>
/// A card as the CUDA driver knows it. NCCL takes the current device of the thread, which libtorch gives no way to set; the runtime, whichever copy
/// of it NCCL has, goes by the driver's current context.
/// </summary>
internal sealed unsafe class CudaDevice
{
    private readonly nint driver, context;

    /// <summary>Finds a card.</summary>
    /// <param name="index">As CUDA numbers those that are visible.</param>
    internal CudaDevice(int index)
    {
        driver = NativeLibrary.Load(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1");
        int device;
        nint retained;
        Check(((delegate* unmanaged<uint, int>)Function("cuInit"))(0), "cuInit");
        Check(((delegate* unmanaged<int*, int, int>)Function("cuDeviceGet"))(&device, index), "cuDeviceGet");
        // Never given back: libtorch keeps it to the end of the process too.
        Check(((delegate* unmanaged<nint*, int, int>)Function("cuDevicePrimaryCtxRetain"))(&retained, device), "cuDevicePrimaryCtxRetain");
        context = retained;
    }

    /// <summary>Makes it the current device of this thread.</summary>
    internal void MakeCurrent() => Check(((delegate* unmanaged<nint, int>)Function("cuCtxSetCurrent"))(context), "cuCtxSetCurrent");

    private nint Function(string name) => NativeLibrary.GetExport(driver, name);

    private static void Check(int code, string function)
    {
        if (code != 0)
            throw new InvalidOperationException($"{function} of the CUDA driver failed with code {code}.");
    }
}
