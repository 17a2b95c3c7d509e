namespace Ddpm;

/// <summary>
/// Which points of the process a sampler visits, in the order of sampling: steps t (whole ones, mostly), or levels ρ = σ/α. All rounding is half to
/// even. Where one step is asked for, not listed, it is the last one, T-1.
/// </summary>
public sealed partial class TimestepSpacing
{
    private readonly Func<DiffusionPath, IEnumerable<DiffusionPoint>> points;
    private readonly bool isCounted;

    private TimestepSpacing(string name, int? count, Func<DiffusionPath, IEnumerable<DiffusionPoint>> points) =>
        (Name, Count, this.points) = (name, count, points);

    // Counted out over the process. A single step is the last, T-1, whatever the formula: from unit noise there is nowhere else to begin.
    private TimestepSpacing(string name, int? count, Func<int, IEnumerable<double>> steps)
        : this(name, count, path => steps(path.Steps).Select(t => At(path, t))) => isCounted = true;

    /// <summary>Every step, T-1 to 0.</summary>
    public static TimestepSpacing All { get; } = new("all", null, (int steps) => Enumerable.Range(0, steps).Reverse().Select(t => (double)t));

    /// <summary>
    /// Its name: all, leading, linspace, trailing, quadratic, uniform, respaced, list, karras, exponential, polyexponential, vp or levels.
    /// </summary>
    public string Name { get; }

    /// <summary>Whether the points were given one by one.</summary>
    internal bool IsListed => Name is "list" or "levels";

    /// <summary>How many points were asked for; null for all.</summary>
    public int? Count { get; }

    /// <summary>Multiples of ⌊T/n⌋ from 0, plus an offset: t = (n-1-j) ⌊T/n⌋ + offset (Song et al. 2021, DDIM).</summary>
    /// <param name="count">n.</param>
    /// <param name="offset">Added to every step.</param>
    /// <param name="excludeLast">Of n + 1 such steps the last is left out, as DPM-Solver's authors do.</param>
    public static TimestepSpacing Leading(int count, int offset = 0, bool excludeLast = false)
    {
        var fences = Positive(count) + (excludeLast ? 1 : 0);
        return new("leading", count, (int steps) => Enumerable.Range(0, count).Select(j => (double)((fences - 1 - j) * (steps / fences) + offset)));
    }

    /// <summary>n points from T-1 to 0, both included.</summary>
    /// <param name="count">n.</param>
    /// <param name="excludeLast">Of n + 1 such points the last, step 0, is left out, as DPM-Solver's authors do.</param>
    /// <param name="whole">Whether they are rounded to whole steps; one that comes twice, in a process of hardly more steps, is visited once.</param>
    public static TimestepSpacing Linspace(int count, bool excludeLast = false, bool whole = true)
    {
        var fences = Positive(count) + (excludeLast ? 1 : 0);
        return new("linspace", count, (int steps) =>
        {
            var even = Grid.Linspace(0, steps - 1, fences).Reverse().Take(count).Select(t => whole ? Math.Round(t) : t);
            return count <= steps ? even.Distinct() : even;
        });
    }

    /// <summary>From T-1 down in strides of T/n: t = round(T - j T/n) - 1 (Lin et al. 2024, table 2). The best choice for few steps.</summary>
    public static TimestepSpacing Trailing(int count) =>
        new("trailing", Positive(count), (int steps) => Enumerable.Range(0, count).Select(j => Math.Round(steps - j * ((double)steps / count)) - 1));

    /// <summary>
    /// t = ⌊(k c)²⌋ with c = √(0.8 T)/(n-1), k = n-1 … 0: dense where there is little noise (Song et al. 2021, DDIM, appendix D.2, for CIFAR-10).
    /// Repeated steps are visited once.
    /// </summary>
    public static TimestepSpacing Quadratic(int count) =>
        new("quadratic", Positive(count), (int steps) =>
            Grid.Linspace(0, Math.Sqrt(0.8 * steps), count).Reverse().Select(root => Math.Floor(root * root)).Distinct());

    /// <summary>Every ⌊T/n⌋-th step from 0 (the DDIM authors' program): more than n where n does not divide T.</summary>
    public static TimestepSpacing Uniform(int count) => new("uniform", Positive(count), (int steps) =>
    {
        var stride = steps / count;
        return stride == 0
            ? throw TooMany("uniform", count, steps)
            : Enumerable.Range(0, (steps + stride - 1) / stride).Reverse().Select(k => (double)k * stride);
    });

    /// <summary>The steps given, from high to low.</summary>
    public static TimestepSpacing List(params IReadOnlyList<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return List((IReadOnlyList<double>)[.. steps]);
    }

    /// <summary>The steps given, from high to low; they may be fractional.</summary>
    public static TimestepSpacing List(IReadOnlyList<double> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var copy = steps.ToArray();
        return new("list", Positive(copy.Length), path => copy.Select(t => At(path, t)));
    }

    /// <summary>The points on a path.</summary>
    /// <returns>ρ falls; at least one.</returns>
    /// <exception cref="ArgumentException">They do not fall, or a step is outside 0..T-1: too many for so short a process, or a list that does not
    /// fit.</exception>
    public IReadOnlyList<DiffusionPoint> Select(DiffusionPath path) => Select(path, matchDiffusers: false);

    /// <summary>As <see cref="Select(DiffusionPath)"/>; the originals' single step may be step 0, where there is nothing to denoise.</summary>
    internal IReadOnlyList<DiffusionPoint> Select(DiffusionPath path, bool matchDiffusers)
    {
        ArgumentNullException.ThrowIfNull(path);
        DiffusionPoint[] chosen = isCounted && Count == 1 && !matchDiffusers ? [path.At(path.Steps - 1)] : [.. points(path)];
        for (var i = 0; i < chosen.Length; i++)
            if (double.IsNaN(chosen[i].Alpha) || (i > 0 && !(chosen[i].Rho < chosen[i - 1].Rho)))
                throw new ArgumentException(
                    $"Steps must fall and lie in 0..{path.Steps - 1} (levels must fall and be above 0), "
                    + $"but step {i} of the {Name} spacing with {chosen.Length} steps "
                    + $"is {chosen[i].T}{(i > 0 ? $" after {chosen[i - 1].T}" : "")}.");
        return chosen;
    }

    /// <summary>The points of a run: all of them from noise; from an image at a point, that point and those of the spacing below it.</summary>
    /// <exception cref="ArgumentException">The start is outside the process or the image itself, or as
    /// <see cref="Select(DiffusionPath)"/>.</exception>
    public IReadOnlyList<DiffusionPoint> From(SamplingStart start, DiffusionPath path) => From(start, path, matchDiffusers: false);

    internal IReadOnlyList<DiffusionPoint> From(SamplingStart start, DiffusionPath path, bool matchDiffusers)
    {
        var chosen = Select(path, matchDiffusers);
        if (start.IsImage)
            throw new ArgumentException("The steps of a run lead from noise to an image, but it starts from the image itself.", nameof(start));
        return start.On(path) is { } at ? [at, .. chosen.Where(point => point.Rho < at.Rho)] : chosen;
    }

    private static DiffusionPoint At(DiffusionPath path, double t) => t >= 0 && t <= path.Steps - 1 ? path.At(t) : Outside(t);

    // A step outside the process becomes a point that Select refuses by name.
    private static DiffusionPoint Outside(double t) => new(t, double.NaN, double.NaN);

    private static ArgumentException TooMany(string name, int count, int steps) =>
        new($"The {name} spacing must have at most {steps} steps, as the process has, but has {count}.");

    private static int Positive(int count) => count is >= 1 and <= Grid.MaximumSteps
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"There must be 1..{Grid.MaximumSteps} steps.");
}
