namespace Ddpm.Training;

/// <summary>
/// Which points of the path a training batch visits. A recipe without state, plain data: draws follow from the seed, the training step, the place in
/// the batch and the run's <see cref="LossHistory"/>. Choices of whole steps have the same objective, the mean over all t, and differ in the noise of
/// its gradient; continuous ones have an objective of their own.
/// </summary>
public abstract record TrainingLevels
{
    private protected TrainingLevels()
    {
    }

    /// <summary>t ~ U{0..T-1}, one an image (Ho et al. 2020, Algorithm 1).</summary>
    public static TrainingLevels Uniform { get; } = new UniformLevels();

    /// <summary>
    /// Image i gets t = ⌊T ((u + i/N) mod 1)⌋ with one u ~ U[0, 1) for the batch, so that its steps are spread evenly (Kingma et al. 2021,
    /// appendix I.1).
    /// </summary>
    public static TrainingLevels Stratified { get; } = new StratifiedLevels();

    /// <summary>
    /// p_t ∝ √E[L_t²] over the last <see cref="LossHistory.Length"/> losses of each step, and uniform until every step has as many (Nichol and
    /// Dhariwal 2021, equation 18): for <see cref="LossKind.VariationalBound"/>, whose terms differ by orders of magnitude.
    /// </summary>
    /// <param name="uniformShare">
    /// Share of the uniform distribution that is mixed in, above 0 to 1, so that no step is lost; 0.001 in the authors' code.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static TrainingLevels Importance(double uniformShare = 0.001) => new ImportanceLevels(uniformShare);

    /// <summary>Any other distribution of steps.</summary>
    /// <param name="probabilities">T numbers above 0 to which p_t is proportional, by the losses so far; null: uniform.</param>
    public static TrainingLevels OfProbabilities(Func<LossHistory, IReadOnlyList<double>?> probabilities) => new WeightedLevels(probabilities);

    /// <summary>ln ρ ~ N(mean, deviation²), one an image (Karras et al. 2022, EDM, table 1).</summary>
    /// <param name="mean">P_mean; -1.2 in the paper.</param>
    /// <param name="deviation">P_std, above 0; 1.2 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or the deviation not above 0.</exception>
    public static TrainingLevels LogNormalRho(double mean = -1.2, double deviation = 1.2) => new LogNormalLevels(mean, deviation);

    /// <summary>The time of flow matching τ ~ U(0, 1), one an image, shifted: τ' = s τ/(1 + (s - 1) τ) (Esser et al. 2024, equation 23).</summary>
    /// <param name="shift">s, above 0: above 1 more of the levels are noisy, as larger images need. 1: not shifted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shift is not above 0 and finite.</exception>
    public static TrainingLevels UniformTime(double shift = 1) => new UniformTimeLevels(shift);

    /// <summary>
    /// The time of flow matching τ = 1/(1 + e^-z), z ~ N(mean, deviation²), one an image, then shifted (Esser et al. 2024, section 3.1): more of the
    /// levels are in the middle.
    /// </summary>
    /// <param name="mean">m; 0 in the paper.</param>
    /// <param name="deviation">s, above 0; 1 in the paper.</param>
    /// <param name="shift">As for <see cref="UniformTime"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or the deviation or the shift not above 0.</exception>
    public static TrainingLevels LogitNormalTime(double mean = 0, double deviation = 1, double shift = 1) =>
        new LogitNormalLevels(mean, deviation, shift);

    /// <summary>The points of a batch.</summary>
    /// <param name="seed">The run's.</param>
    /// <param name="trainingStep">The training step, 0-based.</param>
    /// <param name="batch">Images of the batch.</param>
    /// <param name="path">The process.</param>
    /// <param name="history">The losses so far, of a process of T steps.</param>
    /// <exception cref="ArgumentException">A distribution of one's own has not T numbers that are all above 0 and finite.</exception>
    public abstract LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history);

    /// <summary>Whether all points are whole steps of the process, which have a history of losses and a bound.</summary>
    internal virtual bool AreSteps => true;

    /// <summary>Whether the draw of a step goes by the losses of all steps before.</summary>
    internal virtual bool GoByLosses => false;

    private protected static double Finite(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite.");
}
