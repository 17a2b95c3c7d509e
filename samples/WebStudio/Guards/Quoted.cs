namespace Ddpm.Samples.WebStudio;

/// <summary>What a client sent, as it stands in messages: short and in quotes.</summary>
internal static class Quoted
{
    private const int Most = 40;

    public static string Text(string text) => text.Length <= Most ? $"'{text}'" : $"'{text[..Most]}...'";
}
