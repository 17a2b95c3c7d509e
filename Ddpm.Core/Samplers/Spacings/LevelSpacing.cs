namespace Ddpm.Samplers;

/// <summary>Levels ρ; the network is told the step at which the process has them.</summary>
internal abstract record LevelSpacing : TimestepSpacing
{
    private protected LevelSpacing(int count)
        : base(count)
    {
    }

    /// <summary>ρ, falling.</summary>
    private protected abstract IEnumerable<double> Rhos(DiffusionPath path);

    internal sealed override IEnumerable<DiffusionPoint> PointsOn(DiffusionPath path) =>
        Rhos(path).Select(rho => rho > 0 ? path.AtRho(rho) : Outside(double.NaN));
}
