namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.UniformTime"/>.</summary>
internal sealed record UniformTimeLevels : TrainingLevels
{
    internal UniformTimeLevels(double shift) => Shift = PositiveArgument.Check(shift, nameof(shift));

    /// <summary>s.</summary>
    public double Shift { get; }

    internal override bool AreSteps => false;

    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history) =>
        new([.. TrainingDraws.Uniforms(seed, trainingStep, batch).Select(u => path.AtFlowTime(FlowShift.Apply(u, Shift)))], null);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"uniform time, shift {Shift}");
}
