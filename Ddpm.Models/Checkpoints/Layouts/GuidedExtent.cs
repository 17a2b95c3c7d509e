using System.Text.RegularExpressions;

namespace Ddpm;

/// <summary>Levels and blocks of a network whose blocks are numbered in one flat list each way.</summary>
internal static partial class GuidedExtent
{
    internal static (int Levels, int Blocks)? Of(IReadOnlyCollection<string> names)
    {
        var inputs = Indices(names, Input());
        var outputs = Indices(names, Output());
        if (inputs.Count == 0 || outputs.Count == 0)
            return null;
        // The first entry that leads upwards ends the deepest level; levels that shrink without weights leave gaps on the way down instead.
        var missing = Enumerable.Range(0, inputs.Max + 1).Where(index => !inputs.Contains(index));
        var up = outputs.Where(index => LeadsUp(names, index));
        var blocks = up.Any() ? up.First() : missing.Any() ? missing.First() - 1 : inputs.Max;
        var entries = outputs.Max + 1;
        return blocks > 0 && entries % (blocks + 1) == 0 ? (entries / (blocks + 1), blocks) : null;
    }

    private static bool LeadsUp(IReadOnlyCollection<string> names, int index) =>
        ((string[])["1.conv", "2.conv", "1.in_layers.2", "2.in_layers.2"]).Any(part => names.Contains($"output_blocks.{index}.{part}.weight"));

    private static SortedSet<int> Indices(IReadOnlyCollection<string> names, Regex pattern) =>
        [.. names.Select(name => pattern.Match(name)).Where(match => match.Success).Select(match => Layouts.Number(match.Groups[1]))];

    [GeneratedRegex(@"^input_blocks\.([0-9]{1,4})\.")]
    private static partial Regex Input();

    [GeneratedRegex(@"^output_blocks\.([0-9]{1,4})\.")]
    private static partial Regex Output();
}
