namespace Ddpm.Training;

/// <summary><see cref="TrainingLevels.LogNormalRho"/>.</summary>
internal sealed record LogNormalLevels : TrainingLevels
{
    internal LogNormalLevels(double mean, double deviation) =>
        (Mean, Deviation) = (Finite(mean, nameof(mean)), PositiveArgument.Check(deviation, nameof(deviation)));

    /// <summary>P_mean.</summary>
    public double Mean { get; }

    /// <summary>P_std.</summary>
    public double Deviation { get; }

    internal override bool AreSteps => false;

    /// <inheritdoc/>
    public override LevelDraw Draw(ulong seed, int trainingStep, int batch, DiffusionPath path, LossHistory history) =>
        new([.. TrainingDraws.Normals(seed, trainingStep, batch).Select(z => path.AtRho(Math.Exp(Mean + Deviation * z)))], null);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"log-normal rho {Mean} {Deviation}");
}
