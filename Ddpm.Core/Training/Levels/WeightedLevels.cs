namespace Ddpm.Training;

/// <summary>Steps with probabilities; each image counts by 1/(T p_t). <see cref="TrainingLevels.OfProbabilities"/>.</summary>
internal record WeightedLevels : TrainingLevels
{
    private readonly Func<LossHistory, IReadOnlyList<double>?>? probabilities;

    internal WeightedLevels(Func<LossHistory, IReadOnlyList<double>?> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        this.probabilities = probabilities;
    }

    private protected WeightedLevels()
    {
    }

    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(history);
        if (Distribution(history) is not { } p)
            return Uniform.Draw(seed, trainingStep, batch, path, history);
        var t = TrainingDraws.StepsOf(p, seed, trainingStep, batch);
        return new([.. t.Select(path.At)], [.. t.Select(drawn => 1 / (history.Steps * p[drawn]))]);
    }

    /// <inheritdoc/>
    public override string ToString() => "of probabilities";

    internal override bool GoByLosses => true;

    /// <summary>Numbers to which p_t is proportional; null: uniform.</summary>
    private protected virtual IReadOnlyList<double>? Probabilities(LossHistory history) => probabilities!(history);

    /// <summary>p_t of every step, which sum to 1; null: uniform.</summary>
    /// <exception cref="ArgumentException">There are not T numbers that are all above 0 and finite.</exception>
    internal double[]? Distribution(LossHistory history)
    {
        if (Probabilities(history) is not { } p)
            return null;
        var sum = p.Sum();
        if (p.Count != history.Steps || !p.All(one => one > 0) || !double.IsFinite(sum))
            throw new ArgumentException(
                $"The probabilities must be {history.Steps} numbers above 0 and finite, but are {p.Count} with the sum {sum}, "
                + $"the least {p.DefaultIfEmpty().Min()}.");
        return [.. p.Select(one => one / sum)];
    }
}
