using System.Text.RegularExpressions;

namespace Ddpm.Tests.Documents;

/// <summary>README.md, docs/*.md and the packages' readme.</summary>
internal static partial class Documents
{
    /// <summary>Their paths from the solution's folder, and their text.</summary>
    internal static IEnumerable<(string Name, string Text)> All() => Directory.EnumerateFiles(Repository.At("docs"), "*.md")
        .Order(StringComparer.Ordinal).Prepend(Repository.At("README.md")).Append(Repository.At("eng/package/README.md"))
        .Select(path => (Path.GetRelativePath(Repository.At(""), path).Replace('\\', '/'), File.ReadAllText(path).ReplaceLineEndings("\n")));

    /// <summary>The blocks of one language, with the line where each begins.</summary>
    internal static IEnumerable<(string Place, string Code)> Blocks(string language) => All().SelectMany(document => Block().Matches(document.Text)
        .Where(match => match.Groups["language"].Value == language)
        .Select(match => ($"{document.Name}:{document.Text.AsSpan(0, match.Index).Count('\n') + 2}", match.Groups["code"].Value)));

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
