namespace Ddpm;

/// <summary>How a plot looks.</summary>
public sealed record PlotOptions
{
    /// <summary>The line above the plot. ASCII letters, digits and common signs can be drawn, here and in every name.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the horizontal axis counts.</summary>
    public string StepTitle { get; init; } = "step";

    /// <summary>What the vertical axis measures.</summary>
    public string ValueTitle { get; init; } = "loss";

    /// <summary>A logarithmic vertical axis; values that are not positive break the line.</summary>
    public bool LogarithmicValues { get; init; }

    /// <summary>W in pixels, 320 to 8192.</summary>
    public int Width { get; init; } = 960;

    /// <summary>H in pixels, 240 to 8192.</summary>
    public int Height { get; init; } = 540;
}
