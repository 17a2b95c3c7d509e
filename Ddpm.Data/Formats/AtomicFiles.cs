namespace Ddpm.Formats;

/// <summary>Files that only have a meaning together: all of them are written, or all stay as they were.</summary>
internal static class AtomicFiles
{
    /// <summary>
    /// Writes every file beside its place and flushes it to the disk; then moves the older files away and the new ones in, so that at no moment a new
    /// file lies beside an older one. If anything fails, the older files come back. Files that would not change are left alone.
    /// </summary>
    /// <param name="files">Paths, whose folders are there, and what writes them.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    internal static void Write(params IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        var swaps = new List<Swap>();
        try
        {
            foreach (var (path, write) in files)
            {
                var swap = new Swap(path);
                swaps.Add(swap);
                swap.Prepare(write);
            }
            var changed = swaps.Where(swap => !swap.IsSame()).ToArray();
            if (changed is [var only])
                only.Replace();
            else
            {
                foreach (var swap in changed)
                    swap.MoveAway();
                foreach (var swap in changed)
                    swap.MoveIn();
            }
            foreach (var folder in changed.Select(swap => swap.Folder).Distinct(StringComparer.Ordinal))
                Durable.FlushFolder(folder);
        }
        catch
        {
            swaps.ForEach(swap => swap.Undo());
            throw;
        }
        finally
        {
            swaps.ForEach(swap => swap.Clean());
        }
    }

    private sealed class Swap(string path)
    {
        private const long LargestCompared = 1 << 20;

        private readonly string temporary = Beside(path, "tmp"), older = Beside(path, "old");
        private bool isAway, isIn;

        internal string Folder => Path.GetDirectoryName(temporary)!;

        internal void Prepare(Action<Stream> write)
        {
            if (Directory.Exists(path))
                throw new IOException($"{path} must be a file, but is a folder.");
            using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        // Descriptions mostly stay as they were from one saving of a training to the next; weights never do.
        internal bool IsSame() =>
            new FileInfo(path) is { Exists: true, Length: <= LargestCompared }
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(temporary));

        internal void Replace() => File.Move(temporary, path, overwrite: true);

        internal void MoveAway()
        {
            if (!File.Exists(path))
                return;
            File.Move(path, older);
            isAway = true;
        }

        internal void MoveIn()
        {
            File.Move(temporary, path);
            isIn = true;
        }

        internal void Undo()
        {
            if (isIn)
                File.Delete(path);
            if (isAway)
                File.Move(older, path);
            isAway = false;
        }

        internal void Clean()
        {
            File.Delete(temporary);
            if (isAway)
                File.Delete(older);
        }

        private static string Beside(string path, string ending)
        {
            var full = Path.GetFullPath(path);
            var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"{path} names no file.", nameof(path));
            return Path.Combine(folder, $".{Guid.NewGuid():N}.{ending}");
        }
    }
}
