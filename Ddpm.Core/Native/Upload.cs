using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// The one place where numbers go from the host to the device that computes: each costs a copy, so they are counted.
/// </summary>
internal static class Upload
{
    private static long count;

    /// <summary>How many there were in this process.</summary>
    internal static long Count => Interlocked.Read(ref count);

    /// <summary>A tensor of the host on a device, of a type if one is asked for.</summary>
    /// <param name="host">On the CPU; it stays the caller's.</param>
    /// <param name="device">Where to.</param>
    /// <param name="type">null: as it is.</param>
    /// <returns>It belongs to the caller's dispose scope; on the host it may be the given tensor itself.</returns>
    internal static Tensor To(Tensor host, Device device, ScalarType? type = null)
    {
        if (device.type != TorchSharp.DeviceType.CPU)
            Interlocked.Increment(ref count);
        return host.to(type ?? host.dtype, device);
    }
}
