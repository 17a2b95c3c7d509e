using Ddpm.Networks;
using TorchSharp;

namespace Ddpm.Training;

/// <summary>Attention between more pixels than pays.</summary>
internal static class AttentionCheck
{
    private const double MostOfTheWork = 0.5;
    private const int Float = 4;

    internal static IEnumerable<TrainingFinding> Of(TrainingPlan plan)
    {
        if (plan.Network is not { } network)
            yield break;
        var work = new UNetWork(network);
        var (pixels, heads) = work.LargestAttention;
        var matrix = plan.AtOnce * heads * pixels * pixels * Float;
        if (IsWrittenOut(plan) && matrix > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.AttentionTooLarge,
                $"Attention between {pixels:F0} pixels makes matrices of {Amount.Of(matrix)} ({plan.AtOnce} images, {heads} heads, "
                + $"{Float} bytes), more than the memory of this machine.",
                $"Name smaller {nameof(UNetOptions.AttentionResolutions)}, or set {nameof(TrainingOptions.MicroBatchSize)}.");
        else if (work.AttentionShare > MostOfTheWork)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.AttentionTooLarge,
                $"Attention between {pixels:F0} pixels takes {100 * work.AttentionShare:F0} % of the network's multiplications.",
                $"Name smaller {nameof(UNetOptions.AttentionResolutions)}: half the edge takes a sixteenth of it.");
    }

    // On the CPU and with CUDA libtorch goes through the pixels in parts, and no matrix of all is ever there.
    private static bool IsWrittenOut(TrainingPlan plan) => plan.Device.type is not (DeviceType.CPU or DeviceType.CUDA);
}
