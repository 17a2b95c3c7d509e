namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.Stratified"/>.</summary>
internal sealed record StratifiedLevels : TrainingLevels
{
    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history) =>
        new([.. TrainingDraws.StratifiedSteps(seed, trainingStep, batch, path.Steps).Select(path.At)], null);

    /// <inheritdoc/>
    public override string ToString() => "stratified";
}
