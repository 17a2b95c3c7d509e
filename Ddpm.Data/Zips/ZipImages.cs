using Ddpm.Formats;

namespace Ddpm;

/// <summary>The images in a zip file, in its top folders with a class each or without folders, in the order of their names.</summary>
internal sealed class ZipImages
{
    private readonly string file;
    private readonly List<(string[] Parts, ZipRecord Record)> entries;

    /// <summary>Sorts the records of a zip file; nothing is decompressed.</summary>
    /// <exception cref="DataFormatException">There are no images, or they lie at different depths.</exception>
    internal ZipImages(string file, IReadOnlyList<ZipRecord> records)
    {
        this.file = file;
        entries = [.. records.Select(record => (record.Name.Split('/'), record))];
        PassedOver = entries.RemoveAll(entry => Array.Exists(entry.Parts, FolderEntries.IsPassedOver));
        while (IsAllInOneFolder())
            entries = [.. entries.Where(entry => entry.Parts.Length > 1).Select(entry => (entry.Parts[1..], entry.Record))];
        // A folder may have a record of its own, whose last part is empty.
        var images = entries.Where(entry => FolderFiles.IsImage(entry.Parts[^1])).ToList();
        OtherFormats = entries.Count(entry => entry.Parts[^1].Length > 0) - images.Count;
        if (images.Count == 0)
            throw new DataFormatException(file, null, $"there must be images ({FolderFiles.Extensions}) in it, but there are none");
        var depths = images.Select(image => image.Parts.Length).Distinct().ToList();
        if (depths is not ([1] or [2]))
        {
            var (deep, high) = (images.MaxBy(image => image.Parts.Length).Record.Name, images.MinBy(image => image.Parts.Length).Record.Name);
            throw new DataFormatException(file, null,
                $"images must lie in no folder, or each in the folder of its class, but one is {Quote.Of(deep)} and one {Quote.Of(high)}");
        }
        if (depths[0] == 2)
            ClassNames = [.. entries.Where(entry => entry.Parts.Length > 1).Select(entry => entry.Parts[0]).Distinct().Order(StringComparer.Ordinal)];
        images.Sort((one, other) => one.Parts.Zip(other.Parts, string.CompareOrdinal).FirstOrDefault(order => order != 0));
        Images = [.. images.Select(image => image.Record)];
        Labels = ClassNames is null ? null : [.. images.Select(image => Array.BinarySearch(ClassNames, image.Parts[0], StringComparer.Ordinal))];
    }

    /// <summary>The images.</summary>
    internal IReadOnlyList<ZipRecord> Images { get; }

    /// <summary>The class of each; null where there are no classes.</summary>
    internal int[]? Labels { get; }

    /// <summary>The folders' names; null where there are no classes.</summary>
    internal string[]? ClassNames { get; }

    /// <summary>Hidden files and folders, and what systems leave.</summary>
    internal int PassedOver { get; }

    /// <summary>Files of other formats.</summary>
    internal int OtherFormats { get; }

    // A folder that was packed as a whole: it holds folders, and no image itself.
    private bool IsAllInOneFolder() =>
        entries.Count > 0
        && entries.TrueForAll(entry => entry.Parts.Length > 1 && entry.Parts[0] == entries[0].Parts[0])
        && entries.Exists(entry => entry.Parts.Length > 2)
        && !entries.Exists(entry => entry.Parts.Length == 2 && FolderFiles.IsImage(entry.Parts[1]));
}
