namespace Ddpm;

public sealed partial class TimestepSpacing
{
    // A list that a kind makes has its points up to rounding.
    private const double SameStep = 1e-9, SameLevel = 1e-6;

    /// <summary>
    /// The same kind of spacing with another number of points. All steps become <see cref="Trailing"/> ones. A list of steps or levels, as saved
    /// models hold, is taken for the kind that makes it; one that no kind makes keeps its ends and is stretched between them: steps, or ln ρ, are
    /// linear in their place on the list.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="path">The process that the points are on.</param>
    /// <exception cref="ArgumentException">This spacing does not fit the process. The new one may not fit either: <see
    /// cref="Select(DiffusionPath)"/> says so.</exception>
    public TimestepSpacing WithCount(int count, DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Positive(count);
        if (Count is not { } asked)
            return Trailing(count);
        if (asked == count)
            return this;
        var now = Select(path);
        var steps = AreSteps(path, now);
        var found = Kinds(path, now, steps).OrderByDescending(kind => kind(asked).Name == Name)
            .FirstOrDefault(kind => AreSame(kind(asked).points(path), now, steps));
        return found is null ? Stretched(path, now, steps, count) : found(count);
    }

    // The kinds that may have made some points; those of levels over the whole process and between the ends of the list.
    private static IEnumerable<Func<int, TimestepSpacing>> Kinds(DiffusionPath path, IReadOnlyList<DiffusionPoint> now, bool areSteps)
    {
        if (areSteps)
        {
            IEnumerable<Func<int, TimestepSpacing>> steps =
            [
                Trailing, n => Leading(n), n => Linspace(n), n => Linspace(n, excludeLast: true), n => Linspace(n, whole: false), Quadratic,
                n => Leading(n, offset: 1), n => Leading(n, excludeLast: true), n => Leading(n, offset: 1, excludeLast: true),
                n => Linspace(n, excludeLast: true, whole: false),
            ];
            return now.Count <= path.Steps ? steps.Append(Uniform) : steps;
        }
        var (high, low) = (now[0].Rho, now[^1].Rho);
        IEnumerable<Func<int, TimestepSpacing>> levels =
            [n => Karras(n), n => Exponential(n), n => Vp(n), n => Polyexponential(n, power: 2)];
        return double.IsInfinity(high) ? levels
            : [.. levels, n => Karras(n, high, low), n => Exponential(n, high, low), n => Polyexponential(n, high, low, power: 2)];
    }

    private static TimestepSpacing Stretched(DiffusionPath path, IReadOnlyList<DiffusionPoint> now, bool areSteps, int count)
    {
        if (now is [var only])
            return areSteps
                ? List([.. Enumerable.Range(0, count).Select(j => Math.Round((only.T + 1) * (1 - (double)j / count)) - 1)])
                : Exponential(count, only.Rho, Math.Min(only.Rho, path.LowestRho));
        var places = Grid.Linspace(0, now.Count - 1, count);
        if (!areSteps)
            return Levels([.. places.Select(place => Math.Exp(Between(place, i => Math.Log(now[i].Rho))))]);
        var isWhole = now.All(point => double.IsInteger(point.T));
        return List([.. places.Select(place => Between(place, i => now[i].T)).Select(t => isWhole ? Math.Round(t) : t)]);
    }

    private static double Between(double place, Func<int, double> value)
    {
        var below = (int)place;
        return place == below ? value(below) : value(below) + (place - below) * (value(below + 1) - value(below));
    }

    private static bool AreSteps(DiffusionPath path, IReadOnlyList<DiffusionPoint> now) =>
        now.All(point => point.T >= 0 && path.At(point.T) == point);

    // Steps by t; levels by ρ, as a list may say what the network is told there.
    private static bool AreSame(IEnumerable<DiffusionPoint> made, IReadOnlyList<DiffusionPoint> now, bool steps)
    {
        var points = made.ToArray();
        return points.Length == now.Count && points.Zip(now).All(pair => pair.First == pair.Second || (steps
            ? Math.Abs(pair.First.T - pair.Second.T) < SameStep
            : Math.Abs(pair.First.Rho / pair.Second.Rho - 1) < SameLevel));
    }
}
