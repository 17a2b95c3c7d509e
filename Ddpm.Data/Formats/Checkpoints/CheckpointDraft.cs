using System.Security.Cryptography;

namespace Ddpm.Formats;

/// <summary>A checkpoint while it is written, in a folder aside of a fixed name. What is not published is deleted.</summary>
internal sealed class CheckpointDraft : IDisposable
{
    internal const string Name = ".writing", RemovingPrefix = ".removing-";

    private readonly string parent, path;
    private readonly Dictionary<string, (string Hash, long Length)> files = new(StringComparer.Ordinal);

    /// <summary>Makes the folder, which must not be there.</summary>
    internal CheckpointDraft(string parent)
    {
        (this.parent, path) = (parent, Path.Combine(parent, Name));
        Directory.CreateDirectory(path);
    }

    /// <summary>Names must be plain, differ in more than case, and be none of the store's own.</summary>
    internal static void Check(IReadOnlyList<(string Name, Action<Stream> Write)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count is 0 or >= CheckpointListing.MaxFiles)
            throw new ArgumentException($"A checkpoint must have 1 to {CheckpointListing.MaxFiles - 1} files, but has {files.Count}.", nameof(files));
        var names = new HashSet<string>([CheckpointListing.Name, CheckpointScore.Name], StringComparer.OrdinalIgnoreCase);
        foreach (var (name, write) in files)
        {
            ArgumentNullException.ThrowIfNull(write, nameof(files));
            if (!names.Add(CheckpointName.Check(name, nameof(files))))
                throw new ArgumentException($"Names must differ, also from the store's own, but \"{name}\" is there already.", nameof(files));
        }
    }

    /// <summary>Deletes what crashes left: a checkpoint half written, which must go, and older ones half deleted, which may stay.</summary>
    internal static void RemoveLeftovers(string parent, IProgress<string>? warnings)
    {
        Remove(Path.Combine(parent, Name));
        foreach (var removing in Directory.GetFileSystemEntries(parent, RemovingPrefix + "*"))
            try
            {
                Remove(removing);
            }
            catch (Exception error) when (WhileBusy.IsOfFiles(error))
            {
                warnings?.Report($"{removing} could not be deleted: {error.Message}");
            }
    }

    /// <summary>Deletes a folder with what is in it; of a link, the link.</summary>
    internal static void Remove(string path) => WhileBusy.Retry(() =>
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    });

    /// <summary>Writes one file to the disk.</summary>
    internal void Add(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var file = new FileStream(Path.Combine(path, name), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var hashing = new HashingStream(file, hash, cancellationToken);
        write(hashing);
        if (hashing.Count == 0)
            throw new InvalidOperationException($"No file of a checkpoint may be empty, but {name} is.");
        file.Flush(flushToDisk: true);
        files.Add(name, (Convert.ToHexStringLower(hash.GetCurrentHash()), hashing.Count));
    }

    /// <summary>
    /// Lists the files, flushes all, gives the folder its place and flushes that. The hashes are those of what was written, not of what could be read
    /// again: that would come out of memory. What the file system says of the lengths must agree.
    /// </summary>
    internal void Publish(string place)
    {
        var listing = CheckpointListing.Of(files.Select(file => (file.Key, file.Value.Hash)));
        Add(CheckpointListing.Name, stream => stream.Write(listing), CancellationToken.None);
        foreach (var file in new DirectoryInfo(path).GetFiles())
            if (!files.TryGetValue(file.Name, out var written) || written.Length != file.Length)
                throw new IOException($"{file.FullName} must have the {written.Length} bytes that were written, but has {file.Length}");
        Durable.FlushFolder(path);
        WhileBusy.Retry(() => Directory.Move(path, place));
        Durable.FlushFolder(parent);
    }

    public void Dispose()
    {
        try
        {
            Remove(path);
        }
        catch (Exception error) when (WhileBusy.IsOfFiles(error))
        {
            // The next writing tries again, and says so if it cannot.
        }
    }
}
