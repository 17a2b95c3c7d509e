using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Averages of any width, put together after training from snapshots of a few <see cref="AverageProfile.Power"/> averages (Karras et al. 2024, EDM2,
/// sections 3.2 and C: least squares between the averages' profiles over the run).
/// </summary>
public static class PostHocAverage
{
    /// <summary>The width that no average of this kind has: that of a plain mean over the run, 1/√12.</summary>
    private static readonly double Widest = 1 / Math.Sqrt(12);

    /// <summary>γ of a relative width: the root of (γ + 1)/((γ + 2)² (γ + 3)) = σ_rel².</summary>
    /// <param name="relativeWidth">σ_rel, above 0 and below 1/√12.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is out of range.</exception>
    public static double Exponent(double relativeWidth)
    {
        CheckWidth(relativeWidth);
        // The width falls with γ: it is 1/√12 at 0 and below 1/γ.
        var (low, high) = (0.0, 1 / relativeWidth);
        while (true)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high)
                return middle;
            if ((middle + 1) / ((middle + 2) * (middle + 2) * (middle + 3)) > relativeWidth * relativeWidth)
                low = middle;
            else
                high = middle;
        }
    }

    /// <summary>How much of each snapshot the average that comes nearest to the wanted one has; they sum to 1.</summary>
    /// <param name="snapshots">Steps done, above 0, and relative width of each; no two alike.</param>
    /// <param name="step">The wanted average's last step: at most the last one of the snapshots, above 0.</param>
    /// <param name="relativeWidth">Its width.</param>
    /// <exception cref="ArgumentException">There are no snapshots, two are alike, or the step is none of theirs.</exception>
    public static IReadOnlyList<double> Coefficients(
        IReadOnlyList<(long Step, double RelativeWidth)> snapshots, long step, double relativeWidth)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        if (snapshots.Count == 0 || snapshots.Distinct().Count() < snapshots.Count || snapshots.Any(snapshot => snapshot.Step < 1))
            throw new ArgumentException(
                $"There must be snapshots, each of another step above 0 or width, but they are ({string.Join("; ", snapshots)}).", nameof(snapshots));
        if (step < 1 || step > snapshots.Max(snapshot => snapshot.Step))
            throw new ArgumentOutOfRangeException(
                nameof(step), step, $"The step must be in 1..{snapshots.Max(snapshot => snapshot.Step)}, as the snapshots go.");
        var (n, wanted) = (snapshots.Count, (step, Exponent(relativeWidth)));
        var own = snapshots.Select(snapshot => (snapshot.Step, Exponent(snapshot.RelativeWidth))).ToArray();
        var equations = new double[n, n + 1];
        for (var row = 0; row < n; row++)
        {
            for (var column = 0; column < n; column++)
                equations[row, column] = Overlap(own[row], own[column]);
            equations[row, n] = Overlap(own[row], wanted);
        }
        var solution = Solve(equations, n);
        var sum = solution.Sum();
        return Array.ConvertAll(solution, coefficient => coefficient / sum);
    }

    /// <summary>The sum of weights times their coefficients, name by name, in float64 until the end.</summary>
    /// <param name="snapshots">Weights of each snapshot by name, all of the same names and shapes; they stay the caller's.</param>
    /// <param name="coefficients">As <see cref="Coefficients"/> gives them.</param>
    /// <returns>New tensors of the first snapshot's types, which the caller owns.</returns>
    /// <exception cref="ArgumentException">The counts, names or shapes differ.</exception>
    public static IReadOnlyDictionary<string, Tensor> Synthesize(
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> snapshots, IReadOnlyList<double> coefficients)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        ArgumentNullException.ThrowIfNull(coefficients);
        if (snapshots.Count != coefficients.Count || snapshots.Count == 0)
            throw new ArgumentException(
                $"There must be one coefficient a snapshot, but there are {coefficients.Count} and {snapshots.Count}.", nameof(coefficients));
        var first = snapshots[0];
        foreach (var snapshot in snapshots)
            if (snapshot.Count != first.Count
                || first.FirstOrDefault(pair => !snapshot.TryGetValue(pair.Key, out var other) || !other.shape.SequenceEqual(pair.Value.shape))
                    is { Key: not null } odd)
                throw new ArgumentException("Snapshots must have the same names and shapes, but one has others.", nameof(snapshots));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return first.ToDictionary(pair => pair.Key, pair => Sum(pair.Key, pair.Value.dtype).DetachFromDisposeScope(), StringComparer.Ordinal);

        Tensor Sum(string name, ScalarType type)
        {
            var sum = snapshots[0][name].to(ScalarType.Float64).Times(coefficients[0]);
            for (var i = 1; i < snapshots.Count; i++)
                sum.PlusInPlace(snapshots[i][name].to(ScalarType.Float64), coefficients[i]);
            return sum.to(type);
        }
    }

    internal static double CheckWidth(double width) => width > 0 && width < Widest
        ? width
        : throw new ArgumentOutOfRangeException(
            nameof(width), width, $"The relative width must be above 0 and below 1/√12 = {Widest}, that of a plain mean.");

    // ∫ p_a p_b dt of two profiles p(t) = (γ + 1) t^γ/T^(γ + 1) on [0, T] (EDM2, equation 140 and what it follows from).
    private static double Overlap((long Step, double Exponent) a, (long Step, double Exponent) b)
    {
        var (early, late) = a.Step <= b.Step ? (a, b) : (b, a);
        return (a.Exponent + 1) * (b.Exponent + 1) / (a.Exponent + b.Exponent + 1) / late.Step
            * Math.Pow((double)early.Step / late.Step, late.Exponent);
    }

    // Gauss, with the largest pivot of a column.
    private static double[] Solve(double[,] rows, int n)
    {
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(rows[row, column]));
            for (var i = 0; i <= n; i++)
                (rows[pivot, i], rows[column, i]) = (rows[column, i], rows[pivot, i]);
            for (var row = column + 1; row < n; row++)
            {
                var factor = rows[row, column] / rows[column, column];
                for (var i = column; i <= n; i++)
                    rows[row, i] -= factor * rows[column, i];
            }
        }
        var solution = new double[n];
        for (var row = n - 1; row >= 0; row--)
            solution[row] = (rows[row, n] - Enumerable.Range(row + 1, n - row - 1).Sum(i => rows[row, i] * solution[i])) / rows[row, row];
        return solution;
    }
}
