namespace Ddpm.Samplers;

/// <summary>
/// DPM-Solver++ multistep (Lu et al. 2022, "DPM-Solver++", algorithm 2), and DPM-Solver by ε: the best choice for 10 to 25 steps, one evaluation
/// each.
/// <see cref="Eta"/> 1 is the stochastic one. k-diffusion's dpmpp_2m and dpmpp_2m_sde are order 2; dpmpp_3m_sde is order 3 with
/// <see cref="DpmSolverType.Heun"/>
/// and without <see cref="LambdaSampler.LowerOrderFinal"/>.
/// </summary>
public sealed record DpmSolver : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps.</param>
    public DpmSolver(int steps = 20)
        : base(steps)
    {
    }

    /// <summary>Whether x_0 is extrapolated (DPM-Solver++, the default) or ε (DPM-Solver).</summary>
    public bool DataPrediction { get; init; } = true;

    /// <summary>
    /// Noise drawn anew, 0 to 1: 0 (the default) solves the probability flow, 1 the reverse diffusion. Above 0 it needs <see cref="DataPrediction"/>.
    /// </summary>
    public double Eta
    {
        get;
        init => field = CheckEta(value);
    }

    /// <summary>How second-order steps use their values.</summary>
    public DpmSolverType Solver
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Solver), "The solver");
    }

    /// <summary>Whether the last step is of order 1 also in long runs that do not end at the data.</summary>
    public bool EulerAtFinal { get; init; }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        if (Eta > 0 && !DataPrediction)
            throw new ArgumentException($"A stochastic DPM-Solver must extrapolate x_0 (DataPrediction), but extrapolates epsilon with eta {Eta}.");
        var grid = FiniteGrid(path, start);
        var solverStep = new SolverStep(DataPrediction ? SolverVariable.Data : SolverVariable.Noise)
        {
            Second = Solver == DpmSolverType.Midpoint ? SecondOrderRule.Half : SecondOrderRule.None,
            HalvesThird = true,
        };
        return new MultistepRecipe(grid, solverStep) { Order = OrderLoweredInShortRuns(grid, EulerAtFinal), Eta = _ => Eta, Draws = Eta > 0 };
    }
}
