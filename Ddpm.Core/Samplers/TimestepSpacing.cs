using System.Globalization;
using Ddpm.Schedules;

namespace Ddpm.Samplers;

/// <summary>
/// Which points of the process a sampler visits, in the order of sampling: steps t (whole ones, mostly), or levels ρ = σ/α. All rounding is half to
/// even. Where one step is asked for, not listed, it is the last one, T-1. A spacing is its kind and its settings: two with the same are equal.
/// </summary>
public abstract partial record TimestepSpacing
{
    private protected TimestepSpacing(int? count) => Count = count;

    /// <summary>How many points were asked for; null for all.</summary>
    public int? Count
    {
        get;
        private protected init => field = value is { } count ? Check(count) : null;
    }

    /// <summary>Whether the points were given one by one.</summary>
    internal virtual bool IsListed => false;

    /// <summary>What becomes of the steps that the network is told where a sampler matches diffusers.</summary>
    internal virtual TimestepRounding DiffusersRounding => TimestepRounding.BySampler;

    /// <summary>What people call the kind.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Settings that are not the usual ones, in words.</summary>
    private protected virtual IEnumerable<string> Settings => [];

    /// <summary>The points on a path.</summary>
    /// <returns>ρ falls; at least one.</returns>
    /// <exception cref="ArgumentException">They do not fall, or a step is outside 0..T-1: too many for so short a process, or a list that does not
    /// fit.</exception>
    public IReadOnlyList<DiffusionPoint> Select(DiffusionPath path) => Select(path, matchDiffusers: false);

    /// <summary>As <see cref="Select(DiffusionPath)"/>; the originals' single step may be step 0, where there is nothing to denoise.</summary>
    internal IReadOnlyList<DiffusionPoint> Select(DiffusionPath path, bool matchDiffusers)
    {
        ArgumentNullException.ThrowIfNull(path);
        DiffusionPoint[] chosen = this is StepSpacing && Count == 1 && !matchDiffusers ? [path.At(path.Steps - 1)] : [.. PointsOn(path)];
        for (var i = 0; i < chosen.Length; i++)
            if (double.IsNaN(chosen[i].Alpha) || (i > 0 && !(chosen[i].Rho < chosen[i - 1].Rho)))
                throw new ArgumentException(
                    $"Steps must fall and lie in 0..{path.Steps - 1} (levels must fall and be above 0), "
                    + $"but step {i} of the {Kind} spacing with {chosen.Length} steps "
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

    /// <summary>
    /// The same kind of spacing with another number of points. All steps become <see cref="Trailing"/> ones. A list of steps or levels is taken for
    /// the kind that makes it; one that no kind makes keeps its ends and is stretched between them: steps, or ln ρ, are linear in their place on the
    /// list.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="path">The process that the points are on.</param>
    /// <exception cref="ArgumentException">A list does not fit the process. The new spacing may not fit either: <see
    /// cref="Select(DiffusionPath)"/> says so.</exception>
    public TimestepSpacing WithCount(int count, DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Check(count) == Count ? this : Resized(count, path);
    }

    /// <summary>Its kind, its number of points, and the settings that are not the usual ones: "leading 50, offset 1".</summary>
    public sealed override string ToString() => Describe();

    /// <summary>The points by formula; those that are impossible are <see cref="Outside"/>.</summary>
    internal abstract IEnumerable<DiffusionPoint> PointsOn(DiffusionPath path);

    private protected virtual TimestepSpacing Resized(int count, DiffusionPath path) => this with { Count = count };

    private protected virtual string Describe() =>
        string.Join(", ", [Count is { } count ? FormattableString.Invariant($"{Kind} {count}") : Kind, .. Settings]);

    private protected static DiffusionPoint At(DiffusionPath path, double t) => t >= 0 && t <= path.Steps - 1 ? path.At(t) : Outside(t);

    // A step outside the process becomes a point that Select refuses by name.
    private protected static DiffusionPoint Outside(double t) => new(t, double.NaN, double.NaN);

    /// <summary>"name value" for each setting that is not as usual; of a flag its name alone.</summary>
    private protected static IEnumerable<string> Unusual(params (string Name, object? Value, object? Usual)[] settings) => settings
        .Where(setting => !Equals(setting.Value, setting.Usual))
        .Select(setting => setting.Value is bool ? setting.Name : string.Create(CultureInfo.InvariantCulture, $"{setting.Name} {setting.Value}"));

    private static int Check(int count) => count is >= 1 and <= Grid.MaximumSteps
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"There must be 1..{Grid.MaximumSteps} steps.");
}
