namespace Ddpm.Training;

/// <summary>What was read from the device of one training step.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Loss">Its loss, as in <see cref="TrainingProgress.Loss"/>.</param>
/// <param name="GradientNorm">The gradient's norm before clipping.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="IsSkipped">Whether its loss or gradient was not finite, so that the weights stayed as they were.</param>
public sealed record StepRecord(int Step, double Loss, double GradientNorm, double LearningRate, bool IsSkipped = false)
{
    /// <summary>In how many equal parts the levels of the process are divided: 4.</summary>
    public const int Quarters = 4;

    private static readonly IReadOnlyList<double> None = EquatableList.Of<double>(Enumerable.Repeat(double.NaN, Quarters));

    /// <summary>
    /// The mean loss of the images whose level lay in each quarter of the process, from the least noise to the most; NaN where there was none. What
    /// is easy and what is hard differ by orders of magnitude, so that the loss alone hides which of them still improves.
    /// </summary>
    public IReadOnlyList<double> LossByQuarter { get; init => field = EquatableList.Of(value); } = None;

    /// <summary>The mean loss of each quarter.</summary>
    /// <param name="fractions">Where each image's level lies in the process, 0 to 1: t/T of a step t. What lies outside counts to the nearest
    /// quarter.</param>
    /// <param name="losses">The loss of each image.</param>
    /// <returns>Four means, NaN where a quarter has no image.</returns>
    /// <exception cref="ArgumentException">There are not as many losses as fractions, or a fraction is not a number.</exception>
    public static IReadOnlyList<double> ByQuarter(ReadOnlySpan<double> fractions, ReadOnlySpan<float> losses)
    {
        if (fractions.Length != losses.Length)
            throw new ArgumentException(
                $"There must be one loss a fraction, but there are {fractions.Length} fractions and {losses.Length} losses.", nameof(losses));
        Span<double> sums = stackalloc double[Quarters];
        Span<int> counts = stackalloc int[Quarters];
        for (var i = 0; i < losses.Length; i++)
        {
            if (double.IsNaN(fractions[i]))
                throw new ArgumentException($"Fractions must be numbers, but that of image {i} is not.", nameof(fractions));
            var quarter = (int)Math.Clamp(Math.Floor(fractions[i] * Quarters), 0, Quarters - 1);
            sums[quarter] += losses[i];
            counts[quarter]++;
        }
        var means = new double[Quarters];
        for (var i = 0; i < Quarters; i++)
            means[i] = sums[i] / counts[i];         // 0/0, NaN, of none
        return EquatableList.Of<double>(means);
    }

    /// <summary>The same of points of a process of T <paramref name="steps"/>.</summary>
    internal static IReadOnlyList<double> ByQuarter(IReadOnlyList<DiffusionPoint> at, int steps, ReadOnlySpan<float> losses) =>
        ByQuarter([.. at.Select(point => point.T / steps)], losses);
}
