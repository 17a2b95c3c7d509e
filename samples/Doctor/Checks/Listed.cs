namespace Ddpm.Samples;

/// <summary>Names in a sentence: a few of many.</summary>
internal static class Listed
{
    public static string Of(IReadOnlyList<string> names, int most) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? FormattableString.Invariant($" and {names.Count - most} more") : "");
}
