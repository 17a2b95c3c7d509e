namespace Ddpm;

/// <summary>One step between two points as a draw from q(x' | x, x_0).</summary>
internal static class Ancestry
{
    /// <summary>The variance of x' given x and x_0: σ'² (1 - (σ'α/(α'σ))²), between neighbouring steps equation (7)'s β̃ of Ho et al. 2020.</summary>
    internal static double Posterior(DiffusionPoint from, DiffusionPoint to)
    {
        if (to.Sigma == 0)
            return 0;
        var kept = to.Sigma * from.Alpha / (to.Alpha * from.Sigma);
        return to.Sigma * to.Sigma * Math.Max(1 - kept * kept, 0);
    }

    /// <summary>β of the step: 1 - ᾱ/ᾱ'.</summary>
    internal static double Beta(DiffusionPoint from, DiffusionPoint to) => 1 - from.Alpha * from.Alpha / (to.Alpha * to.Alpha);
}
