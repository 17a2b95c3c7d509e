namespace Ddpm.Samplers;

/// <summary>
/// Pseudo numerical methods (Liu et al. 2022, PNDM; without the Runge-Kutta start PLMS): deterministic, of fourth order in the number of the step.
/// </summary>
public sealed record PndmSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps; multiples of ⌊T/n⌋ unless <see cref="GridSampler.Spacing"/> says otherwise. Runge-Kutta adds nine
    /// evaluations.</param>
    public PndmSampler(int steps = 50)
        : base(TimestepSpacing.Leading(steps))
    {
    }

    /// <summary>Whether to begin with one step of Euler improved in place of three of Runge-Kutta (PLMS). No by default.</summary>
    public bool SkipRungeKutta { get; init; }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        var steps = MatchesDiffusers ? AsDiffusers(path, start) : [.. Pairs(grid).Select(step => Step(path, step.From, step.To))];
        var plain = steps.TakeWhile(step => step.To.Sigma > 0 && IsTooLongToRefine(step.From, step.To)).Count();
        // Runge-Kutta asks the network where the step ends, which must not be the data itself.
        return new PndmRecipe(steps, plain, SkipRungeKutta ? 0 : Math.Min(3, steps.Skip(plain).Count(step => step.To.Sigma > 0)));
    }

    private static PndmStep Step(DiffusionPath path, DiffusionPoint from, DiffusionPoint to)
    {
        var middle = path.At(Math.Max((from.T + to.T) / 2, 0));
        return new(from, middle, middle, to);
    }

    // diffusers: strides of ⌊T/n⌋ whatever the spacing; where they are odd, the middle that the network is told is a step off
    private PndmStep[] AsDiffusers(DiffusionPath path, SamplingStart start)
    {
        var r = path.Steps / (Spacing.Count ?? path.Steps);
        DiffusionPoint At(int t) => t >= 0 ? path.At(t) : Last(path);
        return [.. Spacing.From(start, path, matchDiffusers: true).Select(point => (int)point.T).Select(t =>
            new PndmStep(At(t), At(t - r / 2), At(t - r + r / 2), At(t - r)))];
    }
}
