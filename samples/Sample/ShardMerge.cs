using System.Diagnostics;

namespace Ddpm.Samples;

/// <summary>Finds out whether a set is whole, and makes one of its shards. Nothing is written where anything is wrong.</summary>
internal sealed class ShardMerge(SetFolder folder)
{
    private const int MostNamed = 10;

    /// <exception cref="FileNotFoundException">No shard was begun, or some are not whole.</exception>
    /// <exception cref="DataFormatException">A shard is damaged or of another set, or there is more than the set.</exception>
    public void Run(CancellationToken stop)
    {
        if (!File.Exists(folder.Plan))
            throw new FileNotFoundException($"There is no {folder.Plan}: no shard of a set was begun there.");
        var plan = ShardPlan.Read(folder.Plan);
        Shard[] shards = [.. Enumerable.Range(1, plan.Shards).Select(number => new Shard(number, plan.Shards))];
        ExpectAll(shards);
        ExpectNoOther(plan, shards);
        ShardFile[] files = [.. Checked(plan, shards, stop)];
        if (plan.Format == ShardPlan.Npz)
        {
            // What is left of a merge that was killed has no name of its own.
            if (Directory.Exists(folder.Merging))
                Directory.Delete(folder.Merging, recursive: true);
            Directory.CreateDirectory(folder.Merging);
            WholeFile.Write(folder.Archive, stream => ImageArchive.Write(
                stream, plan.Count, plan.Shape(), to => CopyAll(plan, shards, to, stop), plan.Labels(0, plan.Count)), folder.Merging);
            Directory.Delete(folder.Merging);
            SampleApp.Wrote(folder.Archive);
            files = [ShardFile.Of(folder.Path, Path.GetFileName(folder.Archive))];
        }
        SetFolder.Write(folder.Set, new SetManifest { Count = plan.Count, Format = plan.Format, Settings = plan.Settings, Files = files });
        SampleApp.Wrote(folder.Set);
    }

    private void ExpectAll(Shard[] shards)
    {
        Shard[] missing = [.. shards.Where(shard => !File.Exists(folder.Manifest(shard)))];
        if (missing.Length == 0)
            return;
        var begun = missing.Count(shard => Directory.Exists(folder.Work(shard)));
        throw new FileNotFoundException(
            $"{folder.Path} lacks {missing.Length} of {shards.Length} shards: {Some(missing.Select(shard => $"{shard}"))}. "
            + (begun > 0 ? $"{begun} of them were begun: the same command goes on with them." : "They were not begun, or are elsewhere."));
    }

    private void ExpectNoOther(ShardPlan plan, Shard[] shards)
    {
        var own = shards.Select(folder.Manifest).Select(Path.GetFileName).ToHashSet();
        string[] others = [.. folder.Manifests().Select(path => Path.GetFileName(path)).Where(name => !own.Contains(name))
            .Order(StringComparer.Ordinal)];
        if (others.Length > 0)
            throw new DataFormatException(folder.Path, null,
                $"the shards must be 1 to {shards.Length} of {shards.Length}, but there are others: {Some(others)}");
        if (plan.Format != ShardPlan.Png || !Directory.Exists(folder.Images))
            return;
        others = [.. Directory.EnumerateFileSystemEntries(folder.Images).Select(path => Path.GetFileName(path))
            .Where(name => !plan.HasFile(name)).Order(StringComparer.Ordinal)];
        if (others.Length > 0)
            throw new DataFormatException(
                folder.Images, null, $"only images 0 to {plan.Count - 1} may be there, but there are others: {Some(others)}");
    }

    private List<ShardFile> Checked(ShardPlan plan, Shard[] shards, CancellationToken stop)
    {
        using var line = new ProgressLine("checking");
        var clock = Stopwatch.StartNew();
        var files = new List<ShardFile>();
        foreach (var shard in shards)
        {
            foreach (var file in ShardManifest.Read(folder.Manifest(shard), plan, shard).Files)
            {
                stop.ThrowIfCancellationRequested();
                if (file.Fault(folder.Path) is { } fault)
                    throw new DataFormatException(Path.Combine(folder.Path, file.Name), null, $"the file of shard {shard} {fault}");
                files.Add(file);
            }
            Report(line, clock, plan, shard);
        }
        return files;
    }

    private void CopyAll(ShardPlan plan, Shard[] shards, Stream to, CancellationToken stop)
    {
        using var line = new ProgressLine("merging");
        var clock = Stopwatch.StartNew();
        foreach (var shard in shards.Where(shard => plan.Images(shard).Count > 0))
        {
            stop.ThrowIfCancellationRequested();
            ImageArchive.CopyImages(Path.Combine(folder.Path, plan.Files(shard).Single()), plan.Images(shard).Count, plan.Shape(), to);
            Report(line, clock, plan, shard);
        }
    }

    private static void Report(ProgressLine line, Stopwatch clock, ShardPlan plan, Shard shard)
    {
        var (first, count) = plan.Images(shard);
        if (count > 0)
            line.Report(new ReadingProgress(first + count, plan.Count, clock.Elapsed));
    }

    private static string Some(IEnumerable<string> names) => names.ToArray() is { Length: > MostNamed } many
        ? string.Join(", ", many[..MostNamed]) + $" and {many.Length - MostNamed} more"
        : string.Join(", ", names);
}
