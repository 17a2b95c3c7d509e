using TorchSharp;

namespace Ddpm.Samples;

/// <summary>Whether a GPU that is there is used.</summary>
internal sealed class GpuCheck : ICheck
{
    private static readonly FindingKind Unreachable = FindingKind.Warning("gpu-out-of-reach"), Unused = FindingKind.Note("gpu-not-used");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Unreachable, Unused];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Machine is { HasGpu: true, GpuIsUsable: false })
            yield return Unreachable.Said(
                "There is an NVIDIA GPU, but this program's libtorch cannot compute on it.", "Build with -p:TorchBackend=cuda (docs/gpu.md).");
        else if (patient.Machine.GpuIsUsable && patient.Diffusion?.Device.type == DeviceType.CPU)
            yield return Unused.Said("There is a GPU, but the model computes on the CPU.", "Give --device cuda.");
    }
}
