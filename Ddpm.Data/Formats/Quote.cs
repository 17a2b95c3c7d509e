namespace Ddpm.Formats;

/// <summary>Text out of a file, for messages.</summary>
internal static class Quote
{
    private const int Longest = 80;

    /// <summary>The text in quotation marks, shortened if it is long, without control characters.</summary>
    internal static string Of(string text)
    {
        var brief = text.Length <= Longest ? text : text[..Longest] + "…";
        return $"\"{string.Concat(brief.Select(character => char.IsControl(character) ? '\uFFFD' : character))}\"";
    }
}
