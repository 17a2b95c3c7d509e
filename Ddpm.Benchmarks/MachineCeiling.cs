using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>
/// The arithmetic that a device does at best: a product of two matrices of 2048 x 2048, the fastest of several; of 256 x 256 where it is very slow.
/// Convolutions that need fewer multiplications than their definition (Winograd's) can pass it.
/// </summary>
internal static class MachineCeiling
{
    private const int Extent = 2048, SmallExtent = 256, Tries = 7;

    // In 10^9 operations a second. Where a small product is slower, a large one would take minutes: bfloat16, where there are no instructions for it.
    private const double Slow = 5;

    private static readonly Dictionary<(DeviceType, ScalarType), double> Known = [];

    /// <returns>In 10^9 floating-point operations a second.</returns>
    internal static double Of(Device device, ScalarType type)
    {
        var key = (device.type, type);
        if (!Known.TryGetValue(key, out var ceiling))
            Known[key] = ceiling = Measure(device, type);
        return ceiling;
    }

    /// <summary>Whether a device is so much slower in bfloat16 than in float32 that a comparison in it would not end in a reasonable time.</summary>
    internal static bool IsSlowInBFloat16(Device device) => Of(device, ScalarType.BFloat16) < Of(device, ScalarType.Float32) / 4;

    private static double Measure(Device device, ScalarType type) =>
        Measure(device, type, SmallExtent) is var small && small < Slow ? small : Measure(device, type, Extent);

    private static double Measure(Device device, ScalarType type, int extent)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (a, b) = (randn(extent, extent, device: device).to(type), randn(extent, extent, device: device).to(type));
        var best = Enumerable.Range(0, Tries).Min(_ =>
        {
            Finish(device);
            var began = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            Finish(device);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        });
        return 2 * Math.Pow(extent, 3) / best / 1e9;
    }

    /// <summary>Waits until a device has done all that it was told to.</summary>
    internal static void Finish(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }
}
