namespace Ddpm;

/// <summary>Which steps of the process a sampler visits, in the order of sampling. All rounding is half to even.</summary>
public sealed class TimestepSpacing
{
    private readonly Func<int, IEnumerable<int>> select;

    private TimestepSpacing(string name, int? count, Func<int, IEnumerable<int>> select) => (Name, Count, this.select) = (name, count, select);

    /// <summary>Every step, T-1 to 0.</summary>
    public static TimestepSpacing All { get; } = new("all", null, steps => Enumerable.Range(0, steps).Reverse());

    /// <summary>Its name: all, leading, linspace, trailing or list.</summary>
    public string Name { get; }

    /// <summary>How many steps it visits; null for all.</summary>
    public int? Count { get; }

    /// <summary>Multiples of ⌊T/n⌋ from 0, plus an offset: t = (n-1-j) ⌊T/n⌋ + offset (Song et al. 2021, DDIM).</summary>
    public static TimestepSpacing Leading(int count, int offset = 0) =>
        new("leading", Positive(count), steps => Enumerable.Range(0, count).Select(j => (count - 1 - j) * (steps / count) + offset));

    /// <summary>n points from T-1 to 0, both included.</summary>
    public static TimestepSpacing Linspace(int count) =>
        new("linspace", Positive(count), steps => Grid.Linspace(0, steps - 1, count).Reverse().Select(t => (int)Math.Round(t)));

    /// <summary>From T-1 down in strides of T/n: t = round(T - j T/n) - 1 (Lin et al. 2024, table 2). The best choice for few steps.</summary>
    public static TimestepSpacing Trailing(int count) =>
        new("trailing", Positive(count), steps => Enumerable.Range(0, count).Select(j => (int)Math.Round(steps - j * ((double)steps / count)) - 1));

    /// <summary>The steps given, from high to low.</summary>
    public static TimestepSpacing List(params IReadOnlyList<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var copy = steps.ToArray();
        return new("list", Positive(copy.Length), _ => copy);
    }

    /// <summary>The steps for a process of <paramref name="steps"/> steps.</summary>
    /// <returns>0-based, falling, at least one.</returns>
    /// <exception cref="ArgumentException">They do not fall, or one is outside 0..T-1: too many for so short a process, or a list that does not fit.</exception>
    public IReadOnlyList<int> Select(int steps)
    {
        var chosen = select(steps).ToArray();
        for (var i = 0; i < chosen.Length; i++)
            if (chosen[i] < 0 || chosen[i] >= steps || (i > 0 && chosen[i] >= chosen[i - 1]))
                throw new ArgumentException($"Steps must fall and lie in 0..{steps - 1}, but step {i} of the {Name} spacing with {chosen.Length} steps is {chosen[i]}{(i > 0 ? $" after {chosen[i - 1]}" : "")}.");
        return chosen;
    }

    /// <summary>The steps of a run: all of them from noise; from an image at step t, t itself and those of the spacing below it.</summary>
    /// <exception cref="ArgumentException">The start's step is outside the process, or as <see cref="Select"/>.</exception>
    public IReadOnlyList<int> From(SamplingStart start, int steps)
    {
        var chosen = Select(steps);
        if (start.T is not { } first)
            return chosen;
        if (first >= steps)
            throw new ArgumentException($"The step to start from must be in 0..{steps - 1}, but is {first}.", nameof(start));
        return [first, .. chosen.Where(t => t < first)];
    }

    private static int Positive(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count;
    }
}
