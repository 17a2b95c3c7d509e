using System.Globalization;

namespace Ddpm.Samples;

/// <summary>What a terminal says of itself, byte for byte: its primary device attributes, and before them perhaps the size of a character.</summary>
internal sealed class TerminalAnswer
{
    /// <summary>
    /// The size of a character in pixels (xterm's window operation 16), then the primary device attributes. Terminals answer in this order; many
    /// leave the first out, nearly all know the second.
    /// </summary>
    public const string Question = "\e[16t\e[c";

    private const string SixelAttribute = "4";
    private const int LongestSequence = 64, LargestCell = 200;
    private const char Escape = '\e', Introducer = '[';

    private string sequence = "";

    /// <summary>Whether the device attributes are there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether sixel graphics are among them.</summary>
    public bool HasSixel { get; private set; }

    /// <summary>Width and height of a character in pixels; where the terminal does not say, those of a small font.</summary>
    public (int Width, int Height) Cell { get; private set; } = (8, 16);

    /// <summary>Takes the next byte. What is no part of an answer is passed over.</summary>
    public void Add(byte next)
    {
        var character = (char)next;
        if (character == Escape || sequence.Length == LongestSequence)
            sequence = "";
        if (character == Escape || sequence.Length == 1 && character == Introducer || sequence.Length > 1 && character is >= ' ' and < '@')
            sequence += character;
        else
        {
            if (sequence.Length > 1)
                Read(sequence[2..], character);
            sequence = "";
        }
    }

    private void Read(string parameters, char final)
    {
        if (final == 'c' && parameters.StartsWith('?'))
            (IsComplete, HasSixel) = (true, parameters[1..].Split(';').Skip(1).Contains(SixelAttribute));
        else if (final == 't' && parameters.Split(';') is ["6", var height, var width] && Edge(height) is { } rows && Edge(width) is { } columns)
            Cell = (columns, rows);
    }

    private static int? Edge(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var edge) && edge is >= 1 and <= LargestCell ? edge : null;
}
