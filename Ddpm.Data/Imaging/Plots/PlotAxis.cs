using System.Globalization;

namespace Ddpm.Imaging;

/// <summary>A range of numbers along some pixels, with round ticks.</summary>
internal sealed class PlotAxis
{
    // Below it the arithmetic of ticks would lose its digits.
    private const double Smallest = 1e-300;

    // A range that ends on a tick, but for the last digits, ends there.
    private const double Rounding = 1e-6;

    private readonly bool logarithmic;
    private readonly double low, high, start, length;

    private PlotAxis(double low, double high, IReadOnlyList<double> ticks, bool logarithmic, double start, double length) =>
        (this.low, this.high, Ticks, this.logarithmic, this.start, this.length) = (low, high, ticks, logarithmic, start, length);

    /// <summary>Round numbers inside the range, rising.</summary>
    internal IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis in steps of 1, 2 or 5 times a power of ten; a <paramref name="wide"/> one is widened to whole steps.</summary>
    internal static PlotAxis Linear(double low, double high, int ticks, bool wide, double start, double length)
    {
        // A range without extent gets one that shows the value in the middle.
        if (high - low <= Math.Max(1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)), Smallest))
            (low, high) = (low - Margin(low), high + Margin(high));
        var step = RoundStep((high - low) / ticks);
        var (first, last) = wide
            ? (Math.Floor(low / step + Rounding), Math.Ceiling(high / step - Rounding))
            : (Math.Ceiling(low / step - Rounding), Math.Floor(high / step + Rounding));
        var values = Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step).ToArray();
        return wide ? new(values[0], values[^1], values, false, start, length) : new(low, high, values, false, start, length);
    }

    /// <summary>An axis of the logarithm, widened to round values: powers of ten, or 1, 2, 5 times one where those are few.</summary>
    internal static PlotAxis Logarithmic(double low, double high, double start, double length)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)) - 1, (int)Math.Ceiling(Math.Log10(high)) + 1);
        double[] mantissas = last - first > 6 ? [1] : [1, 2, 5];
        var values = Enumerable.Range(first, last - first + 1)
            .SelectMany(power => mantissas.Select(mantissa => Decimal(mantissa, power)))
            .Where(value => value is > 0 and < double.PositiveInfinity).ToArray();
        var from = Math.Max(Array.FindLastIndex(values, value => value <= low), 0);
        var to = Array.FindIndex(values, from, value => value >= high);
        to = to < 0 ? values.Length - 1 : Math.Max(to, Math.Min(from + 1, values.Length - 1));
        // At most about ten labels, however many decades.
        var every = Math.Max((to - from) / 10 + 1, 1);
        return new(values[from], values[to], [.. values[from..(to + 1)].Where((_, i) => i % every == 0)], true, start, length);
    }

    /// <summary>Where a value lies, in pixels.</summary>
    internal double Pixel(double value) => start + length * (logarithmic
        ? (Math.Log10(value) - Math.Log10(low)) / (Math.Log10(high) - Math.Log10(low))
        : (value - low) / (high - low));

    /// <summary>A tick as short text, for example 0.05, 500, 20k, 1.5M or 1e-5.</summary>
    internal static string Label(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 9.99e-4 or >= 1e9 => value.ToString("0.###e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal),
        >= 1e6 => (value / 1e6).ToString("0.######", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.######", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.#######", CultureInfo.InvariantCulture),
    };

    // The double nearest to mantissa · 10^power, which a product of the two is not.
    private static double Decimal(double mantissa, int power) =>
        double.Parse(FormattableString.Invariant($"{mantissa}e{power}"), CultureInfo.InvariantCulture);

    private static double Margin(double value) => Math.Abs(value) <= Smallest ? 1 : Math.Abs(value) / 2;

    private static double RoundStep(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return power * ((atLeast / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }
}
