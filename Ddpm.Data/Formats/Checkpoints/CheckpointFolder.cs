using System.Security.Cryptography;

namespace Ddpm.Formats;

/// <summary>One checkpoint on the disk, every byte of which was found to be what was written.</summary>
internal sealed class CheckpointFolder
{
    private const int PieceBytes = 1 << 20;

    private CheckpointFolder(string path, IReadOnlyList<string> files, double? score) => (Path, Files, Score) = (path, files, score);

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>The names of its files, but for the listing and the score.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>What the checkpoint was given, the lower the better, or null.</summary>
    internal double? Score { get; }

    /// <summary>The path of one of its files.</summary>
    /// <exception cref="DataFormatException">There is none of that name.</exception>
    internal string File(string name) => Files.Contains(name, StringComparer.Ordinal)
        ? System.IO.Path.Combine(Path, name)
        : throw new DataFormatException(Path, null, $"there must be a file {name}, but there are {string.Join(", ", Files)}");

    /// <summary>
    /// Reads a checkpoint through and compares each file with the listing: a file too many or too few, a bit that differs, a link or a folder
    /// among them is refused. Files are read in pieces, whatever their size.
    /// </summary>
    /// <exception cref="DataFormatException">The checkpoint is not what was written.</exception>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    internal static CheckpointFolder Open(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no folder {path}.");
        var present = Present(path);
        if (!present.Remove(CheckpointListing.Name))
            throw new DataFormatException(path, null, $"a checkpoint must have a file {CheckpointListing.Name}, but has none");
        var listed = CheckpointListing.Read(System.IO.Path.Combine(path, CheckpointListing.Name));
        foreach (var (name, _) in listed)
            if (!present.Remove(name))
                throw new DataFormatException(path, null, $"{CheckpointListing.Name} lists {Quote.Of(name)}, which must be there, but is not");
        if (present.FirstOrDefault() is { } extra)
            throw new DataFormatException(path, null, $"every file must be listed in {CheckpointListing.Name}, but {Quote.Of(extra)} is not");
        foreach (var (name, hash) in listed)
            CheckHash(System.IO.Path.Combine(path, name), hash, cancellationToken);
        var files = listed.Select(file => file.Name).Where(name => name != CheckpointScore.Name).ToArray();
        return new(path, files, CheckpointScore.Read(path));
    }

    private static HashSet<string> Present(string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if ((entry.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != 0)
                throw new DataFormatException(path, null, $"a checkpoint holds files alone, but {Quote.Of(entry.Name)} is a folder or a link");
            // Pipes and devices have no length either: none is ever opened.
            if (entry is FileInfo { Length: 0 })
                throw new DataFormatException(path, null, $"files must not be empty, but {Quote.Of(entry.Name)} is");
            if (names.Count > CheckpointListing.MaxFiles)
                throw new DataFormatException(path, null, $"a checkpoint has at most {CheckpointListing.MaxFiles} files, but there are more");
            names.Add(entry.Name);
        }
        return names;
    }

    private static void CheckHash(string path, string expected, CancellationToken cancellationToken)
    {
        using var file = InputFile.Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var hashing = new HashingStream(Stream.Null, hash, cancellationToken);
        file.CopyTo(hashing, PieceBytes);
        var actual = Convert.ToHexStringLower(hash.GetCurrentHash());
        if (actual != expected)
            throw new DataFormatException(path, null, $"the SHA-256 must be {expected}, as {CheckpointListing.Name} says, but is {actual}");
    }
}
