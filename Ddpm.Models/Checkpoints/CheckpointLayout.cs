using System.Text.RegularExpressions;

namespace Ddpm;

/// <summary>How a family of checkpoints names the weights of the one network: a table from our names to theirs.</summary>
internal sealed class CheckpointLayout
{
    private readonly string[] signature;
    private readonly (Regex Ours, Func<GroupCollection, string> Theirs)[] rules;

    internal CheckpointLayout(string name, string[] signature, params (Regex Ours, Func<GroupCollection, string> Theirs)[] rules) =>
        (Name, this.signature, this.rules) = (name, signature, rules);

    internal string Name { get; }

    /// <summary>This library's names, which are diffusers'.</summary>
    internal static CheckpointLayout Own { get; } = new("ddpm", ["time_embedding.linear_1.weight", "conv_norm_out.weight"]);

    private static readonly CheckpointLayout[] All = [Own, ReferenceProgramsLayout.Instance];

    internal static string Known => string.Join(", ", All.Select(layout => layout.Name));

    /// <summary>The layout whose characteristic names are all there, or null.</summary>
    internal static CheckpointLayout? Recognise(IReadOnlyCollection<string> names) =>
        All.FirstOrDefault(layout => layout.signature.All(names.Contains));

    /// <summary>Their name of one of our weights.</summary>
    internal string NameOf(string ours)
    {
        foreach (var (pattern, theirs) in rules)
            if (pattern.Match(ours) is { Success: true } match)
                return theirs(match.Groups);
        return ours;
    }
}
