namespace Ddpm.Imaging;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">In the order in which they are joined; a value that is not finite breaks the line.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double Step, double Value)> Points);
