namespace Ddpm.Samplers;

/// <summary>Weights that integrate a polynomial exactly.</summary>
internal static class Quadrature
{
    /// <summary>The w with Σ_j w_j u_jⁱ = m_i: the coefficients of each node's Lagrange polynomial against the moments.</summary>
    internal static double[] Weights(IReadOnlyList<double> nodes, IReadOnlyList<double> moments) => [.. Enumerable.Range(0, nodes.Count).Select(j =>
    {
        double[] basis = [1];       // coefficients of Π (u - u_l)/(u_j - u_l), lowest power first
        foreach (var other in nodes.Where((_, l) => l != j))
            basis = [.. basis.Prepend(0).Zip(basis.Append(0), (lower, same) => (lower - other * same) / (nodes[j] - other))];
        return basis.Zip(moments, (coefficient, moment) => coefficient * moment).Sum();
    })];

    /// <summary>m_i = z ∫₀¹ e^{z(u-1)} uⁱ du, by parts: m_0 = 1 - e^{-z}, m_i = 1 - i m_{i-1}/z.</summary>
    internal static double[] ExponentialMoments(double z, int count)
    {
        var moments = new double[count];
        moments[0] = OneMinusExp(-z);
        for (var i = 1; i < count; i++)
            moments[i] = 1 - i * moments[i - 1] / z;
        return moments;
    }

    /// <summary>m_i = ∫₀¹ uⁱ du.</summary>
    internal static double[] PlainMoments(int count) => [.. Enumerable.Range(1, count).Select(i => 1.0 / i)];

    /// <summary>1 - e^y, also where y is small.</summary>
    internal static double OneMinusExp(double y) => Math.Abs(y) < 1e-5 ? -y * (1 + y / 2 * (1 + y / 3)) : 1 - Math.Exp(y);
}
