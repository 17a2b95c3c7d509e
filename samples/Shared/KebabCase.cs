using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Flags are named as in the reference programs; each is also known as .NET's tools would name it: --data-type beside --data_type.</summary>
internal static class KebabCase
{
    // Words that the reference programs write as one.
    private static readonly Dictionary<string, string> Compounds = new(StringComparer.Ordinal) { ["--batchsize"] = "--batch-size" };

    /// <summary>Adds the second names to all flags of a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in command.Options)
            if (Of(option.Name) is var other && other != option.Name)
                option.Aliases.Add(other);
    }

    private static string Of(string name) => Compounds.TryGetValue(name, out var words) ? words : name.Replace('_', '-');
}
