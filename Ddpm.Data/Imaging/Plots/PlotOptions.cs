namespace Ddpm.Imaging;

/// <summary>How a plot looks.</summary>
internal sealed record PlotOptions
{
    /// <summary>The line above the plot. ASCII letters, digits and common signs can be drawn, here and in every name.</summary>
    internal string Title { get; init; } = "";

    /// <summary>What the horizontal axis counts.</summary>
    internal string StepTitle { get; init; } = "step";

    /// <summary>What the vertical axis measures.</summary>
    internal string ValueTitle { get; init; } = "loss";

    /// <summary>A logarithmic vertical axis; values that are not positive break the line.</summary>
    internal bool LogarithmicValues { get; init; }

    /// <summary>W in pixels, 320 to 8192.</summary>
    internal int Width { get; init; } = 960;

    /// <summary>H in pixels, 240 to 8192.</summary>
    internal int Height { get; init; } = 540;
}
