namespace Ddpm;

/// <summary>
/// Which steps t a training batch draws. All choices have the same objective, the mean over all t, and differ in the noise of its gradient. A recipe
/// without state: draws follow from the seed, the training step, the place in the batch and the run's <see cref="LossHistory"/>.
/// </summary>
public sealed class StepSampling
{
    private readonly string name;
    private readonly Func<LossHistory, IReadOnlyList<double>?>? probabilities;
    private readonly bool isStratified;

    private StepSampling(string name, Func<LossHistory, IReadOnlyList<double>?>? probabilities = null, bool isStratified = false) =>
        (this.name, this.probabilities, this.isStratified) = (name, probabilities, isStratified);

    /// <summary>t ~ U{0..T-1}, one an image (Ho et al. 2020, Algorithm 1).</summary>
    public static StepSampling Uniform { get; } = new("uniform");

    /// <summary>
    /// Image i gets t = ⌊T ((u + i/N) mod 1)⌋ with one u ~ U[0, 1) for the batch, so that its steps are spread evenly (Kingma et al. 2021,
    /// appendix I.1).
    /// </summary>
    public static StepSampling Stratified { get; } = new("stratified", isStratified: true);

    /// <summary>
    /// p_t ∝ √E[L_t²] over the last <see cref="LossHistory.Length"/> losses of each step, and uniform until every step has as many (Nichol and
    /// Dhariwal 2021, equation 18): for <see cref="LossKind.VariationalBound"/>, whose terms differ by orders of magnitude.
    /// </summary>
    /// <param name="uniformShare">
    /// Share of the uniform distribution that is mixed in, above 0 to 1, so that no step is lost; 0.001 in the authors' code.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static StepSampling Importance(double uniformShare = 0.001)
    {
        if (!(uniformShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(uniformShare), uniformShare, "The share of the uniform distribution must be above 0 and at most 1.");
        return new(FormattableString.Invariant($"importance {uniformShare}"), history => BySecondMoment(history, uniformShare));
    }

    /// <summary>Any other distribution.</summary>
    /// <param name="probabilities">T numbers above 0 to which p_t is proportional, by the losses so far; null: uniform.</param>
    public static StepSampling OfProbabilities(Func<LossHistory, IReadOnlyList<double>?> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        return new("of probabilities", probabilities);
    }

    /// <summary>p_t of every step; they sum to 1.</summary>
    /// <param name="history">The losses so far.</param>
    /// <exception cref="ArgumentException">A distribution of one's own has not T numbers that are all above 0 and finite.</exception>
    public IReadOnlyList<double> Probabilities(LossHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Distribution(history) ?? [.. Enumerable.Repeat(1.0 / history.Steps, history.Steps)];
    }

    /// <summary>The steps of a batch.</summary>
    /// <param name="seed">The run's.</param>
    /// <param name="step">The training step, 0-based.</param>
    /// <param name="batch">Images of the batch.</param>
    /// <param name="history">The losses so far, of a process of T steps.</param>
    /// <exception cref="ArgumentException">A distribution of one's own has not T numbers that are all above 0 and finite.</exception>
    public StepDraw Draw(ulong seed, int step, int batch, LossHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (isStratified)
            return new(TrainingDraws.StratifiedSteps(seed, step, batch, history.Steps), null);
        if (Distribution(history) is not { } p)
            return new(TrainingDraws.Steps(seed, step, batch, history.Steps), null);
        var t = TrainingDraws.StepsOf(p, seed, step, batch);
        return new(t, [.. t.Select(drawn => 1 / (history.Steps * p[drawn]))]);
    }

    /// <summary>Its name and numbers.</summary>
    public override string ToString() => name;

    private static double[]? BySecondMoment(LossHistory history, double uniformShare)
    {
        if (!history.IsFull)
            return null;
        double[] sizes = [.. Enumerable.Range(0, history.Steps).Select(history.RootMeanSquare)];
        var sum = sizes.Sum();
        return sum > 0 ? [.. sizes.Select(size => (1 - uniformShare) * size / sum + uniformShare / sizes.Length)] : null;
    }

    // null: uniform.
    private double[]? Distribution(LossHistory history)
    {
        if (probabilities?.Invoke(history) is not { } p)
            return null;
        var sum = p.Sum();
        if (p.Count != history.Steps || !p.All(one => one > 0) || !double.IsFinite(sum))
            throw new ArgumentException(
                $"The probabilities must be {history.Steps} numbers above 0 and finite, but are {p.Count} with the sum {sum}, "
                + $"the least {p.DefaultIfEmpty().Min()}.");
        return [.. p.Select(one => one / sum)];
    }
}
