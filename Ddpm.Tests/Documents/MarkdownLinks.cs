using System.Text.RegularExpressions;

namespace Ddpm.Tests.Documents;

/// <summary>The links of a Markdown text, and the anchors that its headings make, as GitHub names them.</summary>
internal static partial class MarkdownLinks
{
    /// <summary>Targets of links and pictures, in order; what stands in code is none.</summary>
    internal static IEnumerable<string> Targets(string text)
    {
        var prose = Code().Replace(text, "");
        return Link().Matches(prose).Concat(Bare().Matches(prose)).OrderBy(match => match.Index).Select(match => match.Groups["target"].Value);
    }

    /// <summary>Lower case, blanks as hyphens, without other punctuation; the second of its name ends in -1.</summary>
    internal static IEnumerable<string> Anchors(string text)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            var words = LinkText().Replace(heading.Groups["words"].Value, "${text}").Trim();
            var name = Punctuation().Replace(words.ToLowerInvariant(), "").Replace(' ', '-');
            var count = seen[name] = seen.GetValueOrDefault(name) + 1;
            yield return count == 1 ? name : FormattableString.Invariant($"{name}-{count - 1}");
        }
    }

    /// <summary>What is wrong with a link, or null; a link out of the repository is not followed.</summary>
    /// <param name="document">The path of the document that has it, from the repository's root.</param>
    /// <param name="target">As it stands there; {repository} is what packing puts the repository's address for.</param>
    /// <param name="read">The text of a file by its path from the root; "" for what is no Markdown, null where nothing is.</param>
    internal static string? Fault(string document, string target, Func<string, string?> read)
    {
        if (IsExternal(target))
            return null;
        var (path, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
        var file = path.Length == 0 ? document
            : path.StartsWith("{repository}/", StringComparison.Ordinal) ? path["{repository}/".Length..]
            : Normal(Path.GetDirectoryName(document) + "/" + path);
        if (read(file) is not { } text)
            return $"{target}: there is no {file}";
        return anchor is null || Anchors(text).Contains(anchor) ? null : $"{target}: {file} has no heading of that name";
    }

    internal static bool IsExternal(string target) => Scheme().IsMatch(target);

    private static string Normal(string path) => Path.GetRelativePath("/", Path.GetFullPath("/" + path)).Replace('\\', '/');

    [GeneratedRegex(@"^(```|~~~)[^\n]*\n.*?^\1\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(```|~~~)[^\n]*\n.*?^\1\s*$|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"<(?<target>https?://[^>\s]+)>")]
    private static partial Regex Bare();

    [GeneratedRegex(@"^#{1,6} +(?<words>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"!?\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex("^[a-z][a-z0-9+.-]+:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();
}
