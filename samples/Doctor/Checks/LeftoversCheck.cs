namespace Ddpm.Samples;

/// <summary>Files that a run left half written, or that one is writing now.</summary>
internal sealed class LeftoversCheck : ICheck
{
    private const int MostNamed = 3, MostEntries = 10_000;
    private static readonly string[] Folders = ["", "model", "checkpoints", "samples"];

    private static readonly FindingKind Left = FindingKind.Warning("leftovers"), Running = FindingKind.Note("run-in-progress");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Left, Running];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (!Directory.Exists(patient.Path))
            yield break;
        if (IsLocked(patient.Inside("checkpoints/.lock")) || IsLocked(patient.Inside(".lock")))
        {
            yield return Running.Said("A run is writing here now.", "Look again when it has ended: what is half written is no fault.");
            yield break;
        }
        var left = Folders.Select(patient.Inside).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder).Take(MostEntries))
            .Select(path => Path.GetRelativePath(patient.Path, path))
            .Where(IsLeft).Order(StringComparer.Ordinal).ToArray();
        if (left.Length > 0)
            yield return Left.Found(
                $"Half written and left behind: {Listed.Of(left, MostNamed)}.",
                "Delete them: a run was killed while it saved.");
    }

    private static bool IsLeft(string path) => Path.GetFileName(path) is var name
        && (name == ".writing" || name.StartsWith(".removing-", StringComparison.Ordinal)
            || (name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal)));

    // A run holds it for itself as long as it goes on. Opened for writing too, a pipe of that name does not keep anybody waiting; nothing is written.
    private static bool IsLocked(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
