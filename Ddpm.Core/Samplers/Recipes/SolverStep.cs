using Ddpm.Denoising;
using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// The one step of every solver: the noise schedule's part of the equation is solved exactly, the network's by a polynomial through known values
/// (Lu et al. 2022, equation 3.4, and with noise Gonzalez et al. 2023 and Xue et al. 2023): x' = A x + G Σ w_j v_j + σ' √(1 - e^{-2ηh}) z.
/// </summary>
internal sealed record SolverStep(SolverVariable SolverVariable)
{
    /// <summary>What becomes of m_1 where there are two nodes.</summary>
    internal SecondOrderRule Second { get; init; }

    /// <summary>Whether m_2 is halved where there are three, as DPM-Solver's authors have it.</summary>
    internal bool HalvesThird { get; init; }

    /// <summary>What the polynomial goes through.</summary>
    internal Tensor Value(SamplingRun run, Prediction prediction) => SolverVariable switch
    {
        SolverVariable.Data => prediction.X0,
        SolverVariable.FlowTime => run.Sum((1, prediction.Epsilon), (-1, prediction.X0)),
        _ => prediction.Epsilon,
    };

    /// <summary>x at one point to x at the next.</summary>
    /// <param name="run">Makes the tensor.</param>
    /// <param name="x">The state.</param>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="nodes">Known values; the step's own first, if it is among them.</param>
    /// <param name="eta">0 for the ordinary differential equation, 1 for the stochastic one.</param>
    /// <param name="z">Unit noise, if <paramref name="eta"/> is above 0.</param>
    internal Tensor Apply(
        SamplingRun run, Tensor x, DiffusionPoint from, DiffusionPoint to, IReadOnlyList<KnownValue> nodes, double eta = 0, Tensor? z = null)
    {
        if (to.Rho == from.Rho)         // a step of no length, in which the ratios of the nodes are not defined
            return run.Sum((to.Alpha / from.Alpha, x));
        var (kept, weights) = Weights(from, to, [.. nodes.Select(node => node.At)], eta);
        var terms = nodes.Select((node, j) => (weights[j], node.Value)).Prepend((kept, x));
        if (eta > 0 && to.Sigma > 0)
            terms = terms.Append((to.Sigma * Math.Sqrt(Quadrature.OneMinusExp(-2 * eta * (to.Lambda - from.Lambda))), z!));
        return run.Sum([.. terms]);
    }

    private (double Kept, double[] Weights) Weights(DiffusionPoint from, DiffusionPoint to, DiffusionPoint[] nodes, double eta)
    {
        var h = to.Lambda - from.Lambda;
        var byRho = to.Alpha * (to.Rho - from.Rho);
        switch (SolverVariable)
        {
            case SolverVariable.Rho:
                var u = Ratios(nodes, node => (node.Rho - from.Rho) / (to.Rho - from.Rho));
                return (to.Alpha / from.Alpha, Scaled(byRho, u, Quadrature.PlainMoments(nodes.Length)));
            case SolverVariable.FlowTime:
                var (start, end) = (from.Alpha + from.Sigma, to.Alpha + to.Sigma);
                var length = to.FlowTime - from.FlowTime;
                return (end / start, Scaled(
                    end * length, Ratios(nodes, node => (node.FlowTime - from.FlowTime) / length), Quadrature.PlainMoments(nodes.Length)));
            case SolverVariable.Index:
                return (to.Alpha / from.Alpha, Scaled(byRho, [.. nodes.Select((_, j) => -(double)j)], Quadrature.PlainMoments(nodes.Length)));
            case SolverVariable.Data:
                var kept = to.Sigma / from.Sigma * (eta > 0 && to.Sigma > 0 ? Math.Exp(-eta * h) : 1);
                return (kept, Exponential(to.Alpha, (1 + eta) * h));
            default:
                // One value: σ' m_0(-h) = α'(ρ' - ρ), which also holds at the data, where h is infinite.
                return (to.Alpha / from.Alpha, nodes.Length == 1 ? [byRho] : Exponential(to.Sigma, -h));
        }

        double[] Exponential(double factor, double z)
        {
            var moments = Quadrature.ExponentialMoments(z, nodes.Length);
            if (nodes.Length == 2)
                moments[1] = Second switch { SecondOrderRule.Half => moments[0] / 2, SecondOrderRule.Z => z / 2, _ => moments[1] };
            if (nodes.Length == 3 && HalvesThird)
                moments[2] /= 2;
            return Scaled(factor, Ratios(nodes, node => (node.Lambda - from.Lambda) / h), moments);
        }
    }

    private static double[] Ratios(DiffusionPoint[] nodes, Func<DiffusionPoint, double> ratio) =>
        nodes.Length == 1 ? [0] : Array.ConvertAll(nodes, node => ratio(node));

    private static double[] Scaled(double factor, double[] u, double[] moments) =>
        Array.ConvertAll(Quadrature.Weights(u, moments), weight => factor * weight);
}
