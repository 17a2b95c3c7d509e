using System.Globalization;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>The image files of a folder, or of its subfolders with a class each, in their order.</summary>
/// <param name="Paths">The files, class by class.</param>
/// <param name="Labels">The class of every file; null where there are no classes.</param>
/// <param name="ClassNames">The subfolders' names.</param>
internal sealed record FolderFiles(IReadOnlyList<string> Paths, IReadOnlyList<int>? Labels, IReadOnlyList<string>? ClassNames)
{
    internal const string Extensions = ".png, .jpg, .jpeg, .bmp, .gif, .webp";

    private static readonly HashSet<string> Known = new(Extensions.Split(", "), StringComparer.OrdinalIgnoreCase);

    /// <summary>Hidden files and folders, and what systems leave.</summary>
    internal int Hidden { get; private init; }

    /// <summary>Files of other formats, by extension in small letters; the empty text is no extension.</summary>
    internal IReadOnlyDictionary<string, int> OtherFormats { get; private init; } = new Dictionary<string, int>();

    /// <summary>Lists them; nothing is opened.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">There are none, or both in the folder and in subfolders, or a folder may not be read.</exception>
    internal static FolderFiles List(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        var top = new FolderEntries(folder, cancellationToken);
        var parts = top.Folders.Select(path => (Path: path, Entries: new FolderEntries(path, cancellationToken))).ToArray();
        var own = Images(top);
        var classes = Array.ConvertAll(parts, part => (Name: Path.GetFileName(part.Path), Files: Images(part.Entries)));
        var ofClasses = classes.SelectMany(part => part.Files).ToArray();
        if (own.Length > 0 && ofClasses.Length > 0)
            throw new DataFormatException(folder, null,
                $"images must lie in the folder or in subfolders, not in both as {own[0]} and {ofClasses[0]}");
        var files = own.Length > 0
            ? new FolderFiles(own, null, null)
            : new(ofClasses,
                [.. classes.SelectMany((part, label) => Enumerable.Repeat(label, part.Files.Length))], Array.ConvertAll(classes, part => part.Name));
        // Left out, the class of a lost folder would shift the numbers of the others.
        if (files.Labels is not null && ofClasses.Length > 0 && top.Files.FirstOrDefault(ImageFile.IsBrokenLink) is { } link)
            throw new DataFormatException(link, null, "a link beside folders of classes must lead somewhere, but its target is missing");
        files = files with
        {
            Hidden = top.PassedOver + parts.Sum(part => part.Entries.PassedOver),
            OtherFormats = Others([top, .. parts.Select(part => part.Entries)]),
        };
        return files.Paths.Count > 0 ? files : throw new DataFormatException(folder, null,
            $"there must be images ({Extensions}) in it or its subfolders, but there are none{files.Others()}");
    }

    /// <summary>What was passed over, in sentences.</summary>
    internal IEnumerable<string> PassedOver(string folder)
    {
        if (Hidden > 0)
            yield return $"Hidden files and folders passed over in {folder}: {Hidden}.";
        if (OtherFormats.Count > 0)
            yield return $"Files of other formats passed over in {folder}{Others()}.";
    }

    /// <summary>Without some of them.</summary>
    internal FolderFiles Only(IReadOnlyList<int> indices) => this with
    {
        Paths = [.. indices.Select(index => Paths[index])],
        Labels = Labels is null ? null : [.. indices.Select(index => Labels[index])],
    };

    /// <summary>Whether a file is an image by its extension.</summary>
    internal static bool IsImage(string path) => Known.Contains(Extension(path));

    private string Others() => OtherFormats.Count == 0 ? "" : ": " + string.Join(", ", OtherFormats
        .OrderByDescending(format => format.Value).ThenBy(format => format.Key, StringComparer.Ordinal)
        .Select(format => string.Create(CultureInfo.CurrentCulture, $"{format.Value} {(format.Key.Length > 0 ? format.Key : "without extension")}")));

    private static Dictionary<string, int> Others(IEnumerable<FolderEntries> folders) => folders.SelectMany(entries => entries.Files)
        .Select(Extension).Where(extension => !Known.Contains(extension))
        .GroupBy(extension => extension, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);

    private static string[] Images(FolderEntries entries) => [.. entries.Files.Where(IsImage)];

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();
}
