using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Devices by name, and whether they can be had.</summary>
internal static class DeviceName
{
    /// <exception cref="ArgumentException">It is not the name of a device.</exception>
    internal static Device Parse(string name)
    {
        var (kind, number) = name.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? (name[..colon], name[(colon + 1)..]) : (name, null);
        var index = -1;
        var type = kind switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "mps" => DeviceType.MPS,
            "meta" => DeviceType.META,
            _ => (DeviceType?)null,
        };
        return type is { } known && (number is null || int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index))
            ? new Device(known, index)
            : throw new ArgumentException(
                $"A device must be cpu, cuda, mps or one of these with a number, as cuda:1, but is '{name}'.", nameof(name));
    }

    /// <summary>Why a device cannot be the one to compute on; null: it can. A device without a number is any of its kind.</summary>
    /// <param name="device">What was asked for; null: nothing.</param>
    /// <param name="home">Where a given network is.</param>
    internal static string? Fault(Device? device, Device? home)
    {
        if (home is not null && device is not null
            && (home.type != device.type || (Math.Min(home.index, device.index) >= 0 && home.index != device.index)))
            return $"The denoiser must be on the device asked for, but it is on {home} and the device is {device}.";
        if (device?.type == DeviceType.MPS && !mps_is_available())
            return $"Device {device} was asked for, but MPS is not available: it is on Apple's processors alone.";
        if (device?.type != DeviceType.CUDA)
            return null;
        if (!cuda.is_available())
            return $"Device {device} was asked for, but no CUDA device is available: build with TorchBackend=cuda on a machine that has one.";
        return device.index < cuda.device_count()
            ? null
            : $"Device {device} was asked for, but there are {cuda.device_count()} CUDA devices, from cuda:0 on.";
    }
}
