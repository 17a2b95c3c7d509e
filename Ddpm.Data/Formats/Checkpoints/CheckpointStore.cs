namespace Ddpm.Formats;

/// <summary>
/// A folder of checkpoints, one folder each, of which the newest whole one is what counts. A checkpoint is written aside, checksummed, flushed and
/// then renamed, so that whatever ends the process or the machine, the last one whose <see cref="Write"/> returned is there. Reading needs no lock.
/// </summary>
/// <param name="folder">Made by the first writing.</param>
/// <param name="keepLast">How many whole checkpoints stay, at least 2, beside the one with the lowest score.</param>
/// <param name="warnings">Told of checkpoints that are passed over and of what could not be deleted.</param>
internal sealed class CheckpointStore(string folder, int keepLast = 2, IProgress<string>? warnings = null) : IDisposable
{
    private const int Rereads = 10;

    private readonly string folder = Path.GetFullPath(folder);
    private readonly CheckpointPruning pruning = new(Path.GetFullPath(folder), AtLeastTwo(keepLast), warnings);
    private FolderLock? reserved;

    /// <summary>
    /// Makes the folder and keeps others from writing into it until <see cref="Dispose"/>: a training does so before its first step, to find a folder
    /// that cannot be written, or that another training writes, at once. Without it, each writing has the folder for itself only while it lasts.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written, or another process writes there.</exception>
    internal void Reserve()
    {
        if (reserved is not null)
            return;
        try
        {
            Durable.CreateFolder(folder);
            reserved = FolderLock.Take(folder);
            CheckpointDraft.RemoveLeftovers(folder, warnings);
            using var trial = new CheckpointDraft(folder);
            trial.Add("trial", stream => stream.WriteByte(1), CancellationToken.None);
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            Dispose();
            throw Told("checkpoints cannot be written here", error);
        }
    }

    /// <summary>
    /// Writes one checkpoint; when this returns, it is on the disk. Then the older ones are deleted, but for the last whole ones and the best. There
    /// must be room for one more than are kept.
    /// </summary>
    /// <param name="label">What the folder's name ends in, as "step-0001000".</param>
    /// <param name="files">Names, and what writes each file; none may be empty.</param>
    /// <param name="score">The lower the better. One that is not finite is none.</param>
    /// <param name="cancellationToken">Ends the writing, of which nothing stays.</param>
    /// <returns>The folder of the checkpoint.</returns>
    /// <exception cref="ArgumentException">A name or the label is not plain, or two names are the same.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written: nothing of it stays, and the earlier ones are as they were.</exception>
    internal string Write(
        string label, IReadOnlyList<(string Name, Action<Stream> Write)> files, double? score = null, CancellationToken cancellationToken = default)
    {
        CheckpointName.Check(label, nameof(label));
        CheckpointDraft.Check(files);
        try
        {
            Durable.CreateFolder(folder);
            using var mine = reserved is null ? FolderLock.Take(folder) : null;
            CheckpointDraft.RemoveLeftovers(folder, warnings);
            var newest = CheckpointName.In(folder) is [var (name, _), ..] ? name.Number : 0;
            var path = Path.Combine(folder, new CheckpointName(newest + 1, label).ToString());
            using (var draft = new CheckpointDraft(folder))
            {
                foreach (var (file, write) in files)
                    draft.Add(file, write, cancellationToken);
                if (score is { } value && double.IsFinite(value))
                    draft.Add(CheckpointScore.Name, stream => stream.Write(CheckpointScore.Bytes(value)), cancellationToken);
                draft.Publish(path);
            }
            pruning.After(path);
            return path;
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            throw Told("a checkpoint could not be written, and the earlier ones are as they were", error);
        }
    }

    /// <summary>The newest checkpoint that is whole; newer ones that are not are told of. Null where there is no checkpoint at all.</summary>
    /// <exception cref="DataFormatException">There are checkpoints, but none is whole.</exception>
    internal CheckpointFolder? Newest(CancellationToken cancellationToken = default)
    {
        var (whole, faults) = First(() => CheckpointName.In(folder).Select(each => each.Path), cancellationToken);
        return whole is null && faults.Count > 0
            ? throw new DataFormatException(folder, null, $"one checkpoint must be whole, but none is: {string.Join(" ", faults)}")
            : whole;
    }

    /// <summary>Of the checkpoints that are there and whole, the one with the lowest score, the newer of equals; null where none has one.</summary>
    internal CheckpointFolder? Best(CancellationToken cancellationToken = default) =>
        First(() => CheckpointPruning.ByScore(CheckpointName.In(folder)), cancellationToken).Whole;

    /// <summary>Gives the folder back to other writers.</summary>
    public void Dispose()
    {
        reserved?.Dispose();
        reserved = null;
    }

    // A writer may delete meanwhile what was listed a moment ago: then the list is made anew.
    private (CheckpointFolder? Whole, List<string> Faults) First(Func<IEnumerable<string>> list, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (faults, isGone) = (new List<string>(), false);
            foreach (var path in list())
            {
                try
                {
                    var whole = CheckpointFolder.Open(path, cancellationToken);
                    pruning.Found(path);
                    return (whole, faults);
                }
                catch (Exception error) when (WhileBusy.IsOfFiles(error))
                {
                    if (!Directory.Exists(path))
                    {
                        isGone = true;
                        continue;
                    }
                    faults.Add(error.Message);
                    warnings?.Report($"{error.Message} The checkpoint {Path.GetFileName(path)} is passed over.");
                }
            }
            if (!isGone || attempt == Rereads)
                return (null, faults);
        }
    }

    private IOException Told(string what, Exception error) => new($"{folder}: {what}: {error.Message}", error) { HResult = error.HResult };

    private static int AtLeastTwo(int keepLast)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 2);
        return keepLast;
    }
}
