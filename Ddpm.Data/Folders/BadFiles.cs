namespace Ddpm;

/// <summary>Files that should be images and are none.</summary>
internal static class BadFiles
{
    private const int MostNamed = 10;

    /// <summary>One exception for all of them: the first ones by name and rule, the others by number.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="faults">One for each, at least one.</param>
    /// <param name="files">How many files there are, good and bad.</param>
    internal static DataFormatException Exception(string source, IReadOnlyList<DataFormatException> faults, int files) =>
        faults is [var only] ? only : new(source, null, Sentence(faults, files), faults[0]);

    /// <summary>The same as a text without its full stop.</summary>
    internal static string Sentence(IReadOnlyList<DataFormatException> faults, int files)
    {
        var named = string.Join("; ", faults.Take(MostNamed).Select(fault => $"{fault.File}: {fault.Rule}"));
        return $"{faults.Count} of {files} files cannot be read: {named}"
            + (faults.Count > MostNamed ? $"; and {faults.Count - MostNamed} more" : "");
    }
}
