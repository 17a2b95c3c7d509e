namespace Ddpm.Samples;

/// <summary>Whether the disk has room for the next state.</summary>
internal sealed class RoomCheck : ICheck
{
    private const double Million = 1e6;

    private static readonly FindingKind Full = FindingKind.Warning("disk-full");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Full];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (!patient.IsTraining || patient.Machine.Room(patient.Path) is not { } room)
            yield break;
        // A new one is written beside the old one.
        var needed = SizeOf(patient.State?.Folder) + SizeOf(patient.ModelPath);
        if (room < needed)
            yield return Full.Found(
                $"{room / Million:F1} MB are free, but one more state and model take {needed / Million:F1} MB.",
                "Make room, or the next saving fails and the run goes on without.");
    }

    private static long SizeOf(string? folder) =>
        folder is null || !Directory.Exists(folder) ? 0 : new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
}
