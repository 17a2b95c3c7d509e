using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>In which type a network computes and how its images lie in memory.</summary>
/// <param name="Precision">float32, TF32 or bfloat16.</param>
/// <param name="ChannelsLast">As [N, H, W, C]; on the CPU they always do.</param>
/// <param name="Tolerance">
/// By how much the network's output may differ from the CPU's in float32, in units of its largest value. float32 sums in another order: 2⁻²⁴ a
/// term, some thousand terms, some fifty layers: 1e-4. TF32 keeps ten bits of each factor, 5e-4, which fifty layers make some 4e-3; five times
/// that. bfloat16 keeps eight bits of every result, 2e-3, of which there are some 150: 0.024; four times that.
/// </param>
internal sealed record ComputeForm(string Precision, bool ChannelsLast, double Tolerance)
{
    public static IReadOnlyList<ComputeForm> All { get; } =
    [
        new("float32", false, 1e-4), new("float32", true, 1e-4),
        new("TF32", false, 2e-2), new("TF32", true, 2e-2),
        new("bfloat16", false, 0.1), new("bfloat16", true, 0.1),
    ];

    public ScalarType Type => Precision == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;

    public string Layout => ChannelsLast ? "[N, H, W, C]" : "[N, C, H, W]";

    /// <summary>Sets the switches of the process. What is not of float32 may use TF32 as well: nothing else is of float32 there.</summary>
    public void Enter() => (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (Precision != "float32", Precision != "float32");

    public override string ToString() => $"{Precision} {Layout}";
}
