using System.Globalization;

namespace Ddpm;

public sealed partial class TimestepSpacing
{
    /// <summary>
    /// Nichol and Dhariwal 2021's respacing, in their program's words: "25,15,10" divides the process into equal sections, from the clean end on,
    /// and visits so many steps of each; "ddim25" visits every k-th step from 0, for the k that gives exactly 25.
    /// </summary>
    /// <param name="sections">Numbers ≥ 1 with commas, or ddim and a number ≥ 1.</param>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static TimestepSpacing Respaced(string sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        if (sections.StartsWith("ddim", StringComparison.Ordinal))
        {
            var count = Number(sections, sections[4..]);
            return new("respaced", count, (int steps) => Strided(count, steps));
        }
        var counts = sections.Split(',').Select(text => Number(sections, text)).ToArray();
        return new("respaced", Positive((int)Math.Min(counts.Sum(count => (long)count), int.MaxValue)), (int steps) => Sections(counts, steps));
    }

    private static IEnumerable<double> Strided(int count, int steps)
    {
        for (var stride = 1; stride <= steps; stride++)
            if ((steps + stride - 1) / stride == count)
                return Enumerable.Range(0, count).Reverse().Select(k => (double)k * stride);
        throw new ArgumentException($"A stride from step 0 must give exactly {count} of the {steps} steps, but none does.");
    }

    // Sections of ⌊T/s⌋ steps, the first T mod s of them one longer; in each, positions from its first to its last step, rounded half to even.
    private static IEnumerable<double> Sections(int[] counts, int steps)
    {
        var chosen = new SortedSet<double>();
        var start = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var size = steps / counts.Length + (i < steps % counts.Length ? 1 : 0);
            if (counts[i] > size)
                throw new ArgumentException(
                    $"A section must have at least as many steps as are visited in it, but section {i} has {size} for {counts[i]}.");
            var stride = counts[i] > 1 ? (size - 1.0) / (counts[i] - 1) : 1;
            var position = 0.0;         // by repeated addition, as the authors do: it decides ties
            for (var j = 0; j < counts[i]; j++, position += stride)
                chosen.Add(start + Math.Round(position));
            start += size;
        }
        return chosen.Reverse();
    }

    private static int Number(string sections, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Grid.MaximumSteps
        ? number
        : throw new FormatException($"A respacing must be numbers from 1 with commas, or ddim and a number, but is '{sections}'.");
}
