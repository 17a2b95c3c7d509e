namespace Ddpm;

/// <summary>
/// v at a point for data of deviation s: Karras et al. 2022, table 1, with v = -F and n = √(α² s² + σ²); for s = 1 that of Salimans and Ho 2022,
/// v = α ε - σ x_0.
/// </summary>
internal static class Velocity
{
    /// <summary>v = OfX0 x_0 + OfEpsilon ε.</summary>
    internal static (double OfX0, double OfEpsilon) V(this NetworkInput input, DiffusionPoint at)
    {
        var (s, n) = (input.DataDeviation, input.Norm(at));
        return (-at.Sigma / (s * n), at.Alpha * s / n);
    }

    /// <summary>x_0 = OfX x + OfV v.</summary>
    internal static (double OfX, double OfV) X0OfV(this NetworkInput input, DiffusionPoint at)
    {
        var (s, n) = (input.DataDeviation, input.Norm(at));
        return (at.Alpha * s * s / (n * n), -at.Sigma * s / n);
    }

    /// <summary>ε = OfX x + OfV v.</summary>
    internal static (double OfX, double OfV) EpsilonOfV(this NetworkInput input, DiffusionPoint at)
    {
        var (s, n) = (input.DataDeviation, input.Norm(at));
        return (at.Sigma / (n * n), at.Alpha * s / n);
    }
}
