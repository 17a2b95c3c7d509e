namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.Importance"/>.</summary>
internal sealed record ImportanceLevels : WeightedLevels
{
    internal ImportanceLevels(double uniformShare)
    {
        if (!(uniformShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(uniformShare), uniformShare, "The share of the uniform distribution must be above 0 and at most 1.");
        UniformShare = uniformShare;
    }

    /// <summary>Share of the uniform distribution that is mixed in.</summary>
    public double UniformShare { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"importance {UniformShare}");

    private protected override IReadOnlyList<double>? Probabilities(LossHistory history)
    {
        if (!history.IsFull)
            return null;
        double[] sizes = [.. Enumerable.Range(0, history.Steps).Select(history.RootMeanSquare)];
        var sum = sizes.Sum();
        return sum > 0 ? [.. sizes.Select(size => (1 - UniformShare) * size / sum + UniformShare / sizes.Length)] : null;
    }
}
