namespace Ddpm.Training;

/// <summary>Whether the moving averages have forgotten the weights that the run begins with.</summary>
internal static class AverageCheck
{
    private const double MostLeft = 0.01, AsGoodAsNone = 1e-12;
    private const int MostSteps = 20_000_000;

    internal static IEnumerable<TrainingFinding> Of(TrainingOptions options)
    {
        if (options.AveragesKept.Count == 0)
            yield return TrainingFinding.Note(
                TrainingFindingKind.NoAverage, $"No moving average of the weights is kept: the last ones are used, which draw noisier images.",
                $"Set {nameof(options.EmaDecay)}, or {nameof(options.Averages)}.");
        foreach (var profile in options.AveragesKept)
            if (FirstWeightsLeft(profile, options.Steps, options.BatchSize) is > MostLeft and var left)
            {
                var more = Math.Ceiling(Math.Log(MostLeft / left) / Math.Log(profile.DecayAt(options.Steps - 1, options.BatchSize)));
                var shorter = Math.Pow(MostLeft, 1.0 / options.Steps);
                yield return TrainingFinding.Warning(
                    TrainingFindingKind.AverageHoldsFirstWeights,
                    $"After {options.Steps} steps the average '{profile}' still consists of the weights that the run "
                    + $"begins with by {100 * left:G3} %.",
                    $"Train for {options.Steps + more} steps at least, or take a decay of {shorter:G4} at most: {100 * MostLeft:G3} % is then left.");
            }
    }

    /// <summary>The share of an average that is the weights before the first step: the product of all decays.</summary>
    internal static double FirstWeightsLeft(AverageProfile profile, int steps, int batchSize)
    {
        var (left, step) = (1.0, 0);
        for (; step < Math.Min(steps, MostSteps) && left > AsGoodAsNone; step++)
            left *= profile.DecayAt(step, batchSize);
        // Decays grow towards the last: so many steps are counted as if they had reached it.
        return left > AsGoodAsNone && step < steps ? left * Math.Pow(profile.DecayAt(steps - 1, batchSize), steps - step) : left;
    }
}
