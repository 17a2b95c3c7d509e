using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>
/// The arithmetic that a device does at best: a product of two matrices of 2048 x 2048, the fastest of several. Convolutions that need fewer
/// multiplications than their definition (Winograd's) can pass it.
/// </summary>
internal static class MachineCeiling
{
    private const int Extent = 2048, Tries = 7;
    private static readonly Dictionary<(DeviceType, ScalarType), double> Known = [];

    /// <returns>In 10^9 floating-point operations a second.</returns>
    internal static double Of(Device device, ScalarType type)
    {
        var key = (device.type, type);
        if (!Known.TryGetValue(key, out var ceiling))
            Known[key] = ceiling = Measure(device, type);
        return ceiling;
    }

    private static double Measure(Device device, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (a, b) = (randn(Extent, Extent, device: device).to(type), randn(Extent, Extent, device: device).to(type));
        var best = Enumerable.Range(0, Tries).Min(_ =>
        {
            Finish(device);
            var began = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            Finish(device);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        });
        return 2 * Math.Pow(Extent, 3) / best / 1e9;
    }

    /// <summary>Waits until a device has done all that it was told to.</summary>
    internal static void Finish(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }
}
