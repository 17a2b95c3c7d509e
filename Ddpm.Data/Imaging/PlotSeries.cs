namespace Ddpm;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Points">Steps, rising, and a value for each; what is not finite is left out.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<(double Step, double Value)> Points);
