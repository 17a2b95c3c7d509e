using System.IO.Enumeration;

namespace Ddpm;

/// <summary>What lies in a folder and is meant: without hidden files and folders, and without what systems leave beside people's files.</summary>
internal sealed class FolderEntries
{
    private static readonly HashSet<string> Systems = new(
        ["__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists a folder; nothing is opened.</summary>
    /// <exception cref="DataFormatException">The folder may not be read.</exception>
    internal FolderEntries(string folder, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        var (files, folders) = (new List<string>(), new List<string>());
        try
        {
            var entries = new FileSystemEnumerable<(string Path, bool IsFolder, bool IsHidden)>(
                folder, (ref entry) => (entry.ToFullPath(), entry.IsDirectory, entry.IsHidden), options);
            foreach (var (path, isFolder, isHidden) in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = Path.GetFileName(path);
                if (isHidden || IsPassedOver(name))
                    PassedOver++;
                else
                    (isFolder ? folders : files).Add(path);
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DataFormatException(folder, null, "the folder must be readable, but this program may not read it", exception);
        }
        (Files, Folders) = (Sorted(files), Sorted(folders));
    }

    /// <summary>Paths of files and of broken links, by character codes.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>Paths of folders and of links to them, by character codes.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>How many files and folders were left out.</summary>
    internal int PassedOver { get; }

    /// <summary>Whether a name is that of a hidden file or folder, or of what systems leave.</summary>
    internal static bool IsPassedOver(string name) => name.StartsWith('.') || Systems.Contains(name);

    private static string[] Sorted(List<string> paths) => [.. paths.OrderBy(Path.GetFileName, StringComparer.Ordinal)];
}
