namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.Uniform"/>.</summary>
internal sealed record UniformLevels : TrainingLevels
{
    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history) =>
        new([.. TrainingDraws.Steps(seed, trainingStep, batch, path.Steps).Select(path.At)], null);

    /// <inheritdoc/>
    public override string ToString() => "uniform";
}
