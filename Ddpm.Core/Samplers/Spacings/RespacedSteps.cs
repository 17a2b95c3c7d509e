using System.Globalization;
using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <inheritdoc cref="TimestepSpacing.Respaced"/>
internal sealed record RespacedSteps : StepSpacing
{
    private const string Stride = "ddim";
    private readonly IReadOnlyList<int> counts;
    private readonly bool isStrided;

    public RespacedSteps(string sections)
        : this(Read(sections), sections.StartsWith(Stride, StringComparison.Ordinal))
    {
    }

    private RespacedSteps(int[] counts, bool isStrided)
        : base((int)Math.Min(counts.Sum(count => (long)count), int.MaxValue)) =>
        (this.counts, this.isStrided) = (EquatableList.Of(counts), isStrided);

    /// <summary>As it is written, without leading zeros.</summary>
    public string Sections =>
        (isStrided ? Stride : "") + string.Join(',', counts.Select(count => count.ToString(CultureInfo.InvariantCulture)));

    private protected override string Kind => "respaced";

    private protected override string Describe() => $"{Kind} {Sections}";

    private protected override IEnumerable<double> Of(int steps) => isStrided ? Strided(counts[0], steps) : InSections(steps);

    // Whether there is a stride, and how sections would share another number, nobody says.
    private protected override TimestepSpacing Resized(int count, DiffusionPath path) =>
        isStrided || counts.Count > 1 ? SpacingOfList.Resized(this, count, path) : new RespacedSteps([count], isStrided: false);

    private static IEnumerable<double> Strided(int count, int steps)
    {
        for (var stride = 1; stride <= steps; stride++)
            if ((steps + stride - 1) / stride == count)
                return Enumerable.Range(0, count).Reverse().Select(k => (double)k * stride);
        throw new ArgumentException($"A stride from step 0 must give exactly {count} of the {steps} steps, but none does.");
    }

    // Sections of ⌊T/s⌋ steps, the first T mod s of them one longer; in each, positions from its first to its last step, rounded half to even.
    private IEnumerable<double> InSections(int steps)
    {
        var chosen = new SortedSet<double>();
        var start = 0;
        for (var i = 0; i < counts.Count; i++)
        {
            var size = steps / counts.Count + (i < steps % counts.Count ? 1 : 0);
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

    private static int[] Read(string sections) => sections.StartsWith(Stride, StringComparison.Ordinal)
        ? [Number(sections, sections[Stride.Length..])]
        : Array.ConvertAll(sections.Split(','), text => Number(sections, text));

    private static int Number(string sections, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Grid.MaximumSteps
        ? number
        : throw new FormatException($"A respacing must be numbers from 1 with commas, or ddim and a number, but is '{sections}'.");
}
