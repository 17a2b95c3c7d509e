namespace Ddpm.Samples;

/// <summary>What is known of the terminal before it is asked.</summary>
internal sealed record TerminalTraits
{
    /// <summary>Whether the output goes to a terminal that is known to follow control sequences: none of Windows.</summary>
    public required bool IsOutput { get; init; }

    /// <summary>Whether the terminal would answer to this process.</summary>
    public required bool IsInput { get; init; }

    /// <summary>The variable TERM: the kind of terminal.</summary>
    public required string? Term { get; init; }

    /// <summary>The variable COLORTERM: how many colours.</summary>
    public required string? ColorTerm { get; init; }

    /// <summary>The variable NO_COLOR: no-color.org.</summary>
    public required string? NoColor { get; init; }

    /// <summary>Whether the output's encoding has half-blocks.</summary>
    public required bool HasBlocks { get; init; }

    /// <summary>Characters of a line, ≥ 1.</summary>
    public required int Columns { get; init; }

    /// <summary>Lines, ≥ 1.</summary>
    public required int Rows { get; init; }

    /// <summary>Whether a picture may be shown at all.</summary>
    public bool MayShow => IsOutput && string.IsNullOrEmpty(NoColor) && Term is not (null or "" or "dumb");

    /// <summary>Whether the terminal may be asked what it can do.</summary>
    public bool MayAsk => MayShow && IsInput;

    /// <summary>Whether colours have 24 bits; otherwise there are 256.</summary>
    public bool IsTrueColor => ColorTerm is "truecolor" or "24bit";

    /// <summary>The terminal of this process.</summary>
    public static TerminalTraits Current => new()
    {
        IsOutput = !Console.IsOutputRedirected && !OperatingSystem.IsWindows(),
        IsInput = TerminalQuery.IsPossible,
        Term = Environment.GetEnvironmentVariable("TERM"),
        ColorTerm = Environment.GetEnvironmentVariable("COLORTERM"),
        NoColor = Environment.GetEnvironmentVariable("NO_COLOR"),
        HasBlocks = Console.OutputEncoding is var encoding && encoding.GetString(encoding.GetBytes("\u2580")) == "\u2580",
        Columns = ConsoleWindow.Width,
        Rows = ConsoleWindow.Height,
    };
}
