namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.LogitNormalTime"/>.</summary>
internal sealed record LogitNormalLevels : TrainingLevels
{
    internal LogitNormalLevels(double mean, double deviation, double shift) =>
        (Mean, Deviation, Shift) = (Finite(mean, nameof(mean)), PositiveArgument.Check(deviation, nameof(deviation)), PositiveArgument.Check(shift, nameof(shift)));

    /// <summary>m.</summary>
    public double Mean { get; }

    /// <summary>s.</summary>
    public double Deviation { get; }

    /// <summary>The shift.</summary>
    public double Shift { get; }

    internal override bool AreSteps => false;

    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history)
    {
        double Time(double z) => FlowShift.Apply(1 / (1 + Math.Exp(-(Mean + Deviation * z))), Shift);
        return new([.. TrainingDraws.Normals(seed, trainingStep, batch).Select(z => path.AtFlowTime(Time(z)))], null);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"logit-normal time {Mean} {Deviation}, shift {Shift}");
}
