using System.Collections.Concurrent;

namespace Ddpm.Formats;

/// <summary>
/// Which checkpoints go: those older than the last whole ones, but for the best. Nothing goes until there are so many whole ones. Those of other
/// processes are read through once to know.
/// </summary>
internal sealed class CheckpointPruning(string folder, int keepLast, IProgress<string>? warnings)
{
    private readonly ConcurrentDictionary<string, bool> isWhole = new(StringComparer.Ordinal);

    /// <summary>The checkpoints that have a score, from the lowest, newer ones first.</summary>
    internal static IEnumerable<string> ByScore(IEnumerable<(CheckpointName Name, string Path)> all) => all
        .Select(each => (each.Path, Score: Score(each.Path)))
        .Where(each => each.Score is not null)
        .OrderBy(each => each.Score)
        .Select(each => each.Path);

    /// <summary>That a checkpoint was written, or read through, and need not be read again.</summary>
    internal void Found(string path) => isWhole[path] = true;

    /// <summary>Deletes what goes, now that one was written. What cannot be deleted is told, and tried again after the next.</summary>
    internal void After(string written)
    {
        Found(written);
        try
        {
            Remove(Going());
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            warnings?.Report($"{folder}: older checkpoints could not be deleted: {error.Message}");
        }
    }

    private List<string> Going()
    {
        var all = CheckpointName.In(folder);
        var last = all.Where(each => IsWhole(each.Path)).Take(keepLast).ToArray();
        if (last.Length < keepLast)
            return [];
        var older = all.Where(each => each.Name.Number < last[^1].Name.Number).Select(each => each.Path).ToList();
        if (older.Count > 0 && ByScore(all).FirstOrDefault(IsWhole) is { } best)
            older.Remove(best);
        // A user's folder may have such a name too; one without a listing was never a checkpoint.
        return older.FindAll(path => File.Exists(Path.Combine(path, CheckpointListing.Name)));
    }

    // Under a checkpoint's name a folder is never half deleted: it loses the name first, and the disk knows so before the files go.
    private void Remove(List<string> going)
    {
        var moved = new List<string>();
        foreach (var path in going)
            try
            {
                var place = Path.Combine(folder, CheckpointDraft.RemovingPrefix + Path.GetFileName(path));
                WhileBusy.Retry(() => Directory.Move(path, place));
                moved.Add(place);
            }
            catch (Exception error) when (WhileBusy.IsOfFiles(error))
            {
                warnings?.Report($"The old checkpoint {path} could not be deleted, and stays: {error.Message}");
            }
        if (moved.Count == 0)
            return;
        Durable.FlushFolder(folder);
        moved.ForEach(CheckpointDraft.Remove);
    }

    private bool IsWhole(string path) => isWhole.GetOrAdd(path, static path =>
    {
        try
        {
            CheckpointFolder.Open(path);
            return true;
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            return false;
        }
    });

    private static double? Score(string path)
    {
        try
        {
            return CheckpointScore.Read(path);
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            return null;
        }
    }
}
