using System.Globalization;
using System.Text;

namespace Ddpm.Formats;

/// <summary>How good a checkpoint is, the lower the better: one number in a file of the checkpoint, listed as every other.</summary>
internal static class CheckpointScore
{
    internal const string Name = "score.txt";

    private const int MaxBytes = 64;

    /// <summary>The file's text.</summary>
    internal static byte[] Bytes(double score) => Encoding.ASCII.GetBytes(score.ToString("R", CultureInfo.InvariantCulture) + "\n");

    /// <summary>The score in a checkpoint's folder, which may be damaged, or null where there is none to be read.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static double? Read(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, Name));
        if (file is not { Exists: true, Length: > 0 and <= MaxBytes } || (file.Attributes & FileAttributes.ReparsePoint) != 0)
            return null;
        using var stream = InputFile.Open(file.FullName);
        var bytes = new byte[MaxBytes];
        var text = Encoding.ASCII.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && double.IsFinite(score) ? score : null;
    }
}
