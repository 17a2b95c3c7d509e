using System.Text.RegularExpressions;

namespace Ddpm.Tests.Documents;

/// <summary>README.md, docs/*.md, the packages' readme and what else strangers read.</summary>
internal static partial class Documents
{
    private static readonly string[] Others =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "eng/package/README.md", "eng/recordings/README.md"];

    /// <summary>Their paths from the solution's folder, and their text.</summary>
    internal static IEnumerable<(string Name, string Text)> All() => Directory.EnumerateFiles(Repository.At("docs"), "*.md")
        .Order(StringComparer.Ordinal).Concat(Others.Select(Repository.At))
        .Select(path => (Path.GetRelativePath(Repository.At(""), path).Replace('\\', '/'), File.ReadAllText(path).ReplaceLineEndings("\n")));

    /// <summary>The blocks of one language, with the line where each begins.</summary>
    internal static IEnumerable<(string Place, string Code)> Blocks(string language) => Matches(Block())
        .Where(found => found.Match.Groups["language"].Value == language)
        .Select(found => (found.Place, found.Match.Groups["code"].Value));

    /// <summary>The blocks that are parts of a file, which stands after their language, with the line where each begins.</summary>
    internal static IEnumerable<(string Place, string File, string Code)> Excerpts() => Matches(Excerpt())
        .Select(found => (found.Place, found.Match.Groups["file"].Value, found.Match.Groups["code"].Value));

    private static IEnumerable<(string Place, Match Match)> Matches(Regex block) => All().SelectMany(document => block.Matches(document.Text)
        .Select(match => ($"{document.Name}:{document.Text.AsSpan(0, match.Index).Count('\n') + 2}", match)));

    [GeneratedRegex(@"^```\w+ (?<file>[\w./]+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
