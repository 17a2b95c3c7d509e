using System.Globalization;
using ScottPlot.TickGenerators;

namespace Ddpm.Samples;

/// <summary>The numbers beside a logarithmic axis, on which a plot shows the decimal logarithms of values.</summary>
internal static class LogarithmicTicks
{
    /// <summary>Ticks at 1, 2 and 5 times powers of ten, from the first before the values to the first after them.</summary>
    /// <param name="values">Each more than 0.</param>
    public static NumericManual Of(IEnumerable<double> values)
    {
        var ticks = new NumericManual();
        double[] all = [.. values];
        var (low, high) = (all.Min(), all.Max());
        for (var power = (int)Math.Floor(Math.Log10(low)); power <= Math.Log10(high); power++)
            foreach (var factor in (double[])[1, 2, 5])
                if (factor * Math.Pow(10, power) is var tick && tick >= low / 2.5 && tick <= high * 2.5)
                    ticks.AddMajor(Math.Log10(tick), tick.ToString("G3", CultureInfo.InvariantCulture));
        return ticks;
    }
}
