namespace Ddpm.Training;

/// <summary>The figures of a few steps, as one point of a plot.</summary>
internal sealed class StepMeans
{
    private readonly SortedDictionary<string, (double Sum, int Count)> sums = new(StringComparer.Ordinal);
    private double learningRate = double.NaN;

    /// <summary>Adds a step. Figures that are not finite, as those of a step that was skipped, are left out.</summary>
    internal void Add(StepRecord step)
    {
        learningRate = step.LearningRate;
        Add(LogTags.GradientNorm, step.GradientNorm);
        Add(LogTags.Loss, step.Loss);
        foreach (var (tag, loss) in LogTags.Quarters.Zip(step.LossByQuarter))
            Add(tag, loss);
    }

    /// <summary>The means of what there was, and the last learning rate.</summary>
    internal IEnumerable<(string Tag, double Value)> Scalars() =>
        sums.Select(sum => (sum.Key, sum.Value.Sum / sum.Value.Count)).Append((LogTags.LearningRate, learningRate));

    private void Add(string tag, double value)
    {
        if (!double.IsFinite(value))
            return;
        var (sum, count) = sums.GetValueOrDefault(tag);
        sums[tag] = (sum + value, count + 1);
    }
}
