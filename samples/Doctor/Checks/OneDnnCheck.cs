namespace Ddpm.Samples;

/// <summary>Whether libtorch computes convolutions by oneDNN, and may.</summary>
internal sealed class OneDnnCheck : ICheck
{
    private static readonly FindingKind Hidden = FindingKind.Warning("processor-hides-caches"), Off = FindingKind.Warning("onednn-off");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Hidden, Off];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Machine.CachesAreHidden)
            yield return Hidden.Said(
                "The processor hides its caches, with which libtorch's oneDNN computes some convolutions wrong; where it would, it is switched off.",
                "Images are right but take several times as long: let the virtual machine pass on the host's CPU (docs/performance.md).");
        else if (patient.Machine.OneDnnIsOn == false)
            yield return Off.Said(
                "libtorch computes convolutions without oneDNN: several times slower.",
                "Take the back end of the package libtorch-cpu, which has it.");
    }
}
