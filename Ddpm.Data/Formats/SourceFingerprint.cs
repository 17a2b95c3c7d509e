using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ddpm.Formats;

/// <summary>What a data set is read from, in a short text.</summary>
internal static class SourceFingerprint
{
    /// <summary>SHA-256 of settings, and of the names, lengths and times of files.</summary>
    /// <param name="settings">Everything else that the data depend on; the same in every culture.</param>
    /// <param name="paths">The files in their order. The folder that holds their folder does not matter.</param>
    /// <param name="names">Names that belong to the data.</param>
    /// <param name="cancellationToken">Looked at between files.</param>
    internal static string Of(
        string settings, IEnumerable<string> paths, IEnumerable<string>? names = null, CancellationToken cancellationToken = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(settings);
        foreach (var name in names ?? [])
            Add(name);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = new FileInfo(path);
            // A link tells of its target.
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            var (length, time) = target.Exists ? (target.Length, target.LastWriteTimeUtc.Ticks) : (-1, 0);
            Add(string.Create(CultureInfo.InvariantCulture, $"{file.Directory?.Name}/{file.Name} {length} {time}"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // A text cannot run into the next one.
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
    }
}
