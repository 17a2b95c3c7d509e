using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>Where figures were measured.</summary>
internal sealed record Machine
{
    public string Processor { get; } = ProcessorName();

    public int Cores { get; } = Environment.ProcessorCount;

    public int Threads { get; } = get_num_threads();

    /// <summary>In bits.</summary>
    public int Vectors { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    public required string Device { get; init; }

    /// <summary>See <see cref="MachineCeiling"/>.</summary>
    public required double CeilingFloat32 { get; init; }

    /// <inheritdoc cref="CeilingFloat32"/>
    public required double CeilingBFloat16 { get; init; }

    internal static Machine Measure(Device device) => new()
    {
        Device = device.type == DeviceType.CUDA ? "cuda" : "cpu",
        CeilingFloat32 = MachineCeiling.Of(device, ScalarType.Float32),
        CeilingBFloat16 = MachineCeiling.Of(device, ScalarType.BFloat16),
    };

    internal double Ceiling(string precision) => precision == "float32" ? CeilingFloat32 : CeilingBFloat16;

    public override string ToString() => FormattableString.Invariant(
        $"{Processor}, {Cores} cores, {Threads} threads, vectors of {Vectors} bits, on {Device}; at best {CeilingFloat32:F0} GFLOP/s in float32, ")
        + FormattableString.Invariant($"{CeilingBFloat16:G3} in bfloat16 (a product of matrices).");

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information))
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "an unnamed processor";
        string Of(string key) =>
            File.ReadLines(Information).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "";
        return $"{Of("model name")} (family {Of("cpu family")}, model {Of("model\t")})";
    }
}
