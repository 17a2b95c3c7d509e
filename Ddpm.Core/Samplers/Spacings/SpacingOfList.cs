using Ddpm.Schedules;
using static Ddpm.Samplers.TimestepSpacing;

namespace Ddpm.Samplers;

/// <summary>Listed points in another number: by the kind that makes the list, or else stretched between its ends.</summary>
internal static class SpacingOfList
{
    // A list that a kind makes has its points up to rounding.
    private const double SameStep = 1e-9, SameLevel = 1e-6;

    internal static TimestepSpacing Resized(TimestepSpacing list, int count, DiffusionPath path)
    {
        var now = list.Select(path);
        var areSteps = now.All(point => point.T >= 0 && path.At(point.T) == point);
        var asked = list.Count!.Value;
        var found = Kinds(path, now, areSteps).FirstOrDefault(kind => AreSame(kind(asked).PointsOn(path), now, areSteps));
        return found is null ? Stretched(path, now, areSteps, count) : found(count);
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

    // Steps by t; levels by ρ.
    private static bool AreSame(IEnumerable<DiffusionPoint> made, IReadOnlyList<DiffusionPoint> now, bool areSteps)
    {
        var points = made.ToArray();
        return points.Length == now.Count && points.Zip(now).All(pair => pair.First == pair.Second || (areSteps
            ? Math.Abs(pair.First.T - pair.Second.T) < SameStep
            : Math.Abs(pair.First.Rho / pair.Second.Rho - 1) < SameLevel));
    }
}
