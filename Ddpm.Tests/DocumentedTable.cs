using System.Globalization;

namespace Ddpm.Tests;

/// <summary>Tables of the documentation, so that tests compare with what it says.</summary>
internal static class DocumentedTable
{
    /// <summary>The rows below a heading row, each as its cells; or the test is skipped where only the program was copied.</summary>
    /// <param name="file">Relative to the repository's root.</param>
    /// <param name="heading">The cells of the heading row.</param>
    internal static IReadOnlyList<string[]> Rows(string file, params string[] heading)
    {
        var lines = File.ReadAllLines(Repository.At(file));
        var at = Array.FindIndex(lines, line => Cells(line).SequenceEqual(heading));
        Assert.That(at, Is.GreaterThanOrEqualTo(0), $"{file} must have a table {string.Join(", ", heading)}");
        return [.. lines.Skip(at + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)];
    }

    internal static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
