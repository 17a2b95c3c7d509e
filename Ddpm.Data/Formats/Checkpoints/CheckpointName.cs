using System.Globalization;
using System.Text.RegularExpressions;

namespace Ddpm.Formats;

/// <summary>The name of a checkpoint's folder, as "000012-step-0001000".</summary>
/// <param name="Number">Grows from one checkpoint to the next, whatever the labels.</param>
/// <param name="Label">What the writer calls it.</param>
internal sealed partial record CheckpointName(long Number, string Label)
{
    /// <summary>The name in a folder's path, or null where that is no checkpoint's.</summary>
    internal static CheckpointName? Of(string path) =>
        Pattern().Match(Path.GetFileName(path)) is { Success: true } match
            ? new(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value)
            : null;

    /// <summary>The checkpoints' folders in a folder, whole or not, from the newest to the oldest; none where there is no such folder.</summary>
    internal static IReadOnlyList<(CheckpointName Name, string Path)> In(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateDirectories(folder)
            .Select(path => (Name: Of(path), Path: path))
            .Where(each => each.Name is not null)
            .OrderByDescending(each => each.Name!.Number).ThenByDescending(each => each.Path, StringComparer.Ordinal)
            .Select(each => (each.Name!, each.Path))];

    /// <summary>Names of files and labels must be the same on every system, need no quotes and hide nothing.</summary>
    internal static string Check(string name, string parameter) => Plain().IsMatch(name)
        ? name
        : throw new ArgumentException(
            $"Names must be 1 to 100 of A-Z, a-z, 0-9, '.', '_' and '-', with '.' inside only, but one is {Quote.Of(name)}.", parameter);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:D6}-{Label}");

    [GeneratedRegex(@"^([0-9]{6,18})-([A-Za-z0-9._-]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?!\.)[A-Za-z0-9._-]{1,100}(?<!\.)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
