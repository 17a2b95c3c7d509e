using Ddpm.Denoising;
using Ddpm.Noise;

namespace Ddpm.Samplers;

/// <summary>
/// What the samplers share: the steps that they visit and where these end. Every state is x = α x_0 + σ ε with α² + σ² = 1, whatever the sampler.
/// </summary>
public abstract record GridSampler : ISampler
{
    private readonly TimestepSpacing spacing;

    private protected GridSampler(TimestepSpacing spacing) => this.spacing = spacing;

    /// <summary>Which steps.</summary>
    public TimestepSpacing Spacing
    {
        get => spacing;
        init => spacing = value ?? throw new ArgumentNullException(nameof(Spacing));
    }

    /// <summary>Where the last step leads.</summary>
    public SamplingEnd End
    {
        get;
        init => field = EnumArgument.Check(value, nameof(End), "The end");
    }

    /// <summary>
    /// Whether to compute as diffusers does where it differs from the papers; docs/samplers.md lists the differences. No by default.
    /// </summary>
    public bool MatchesDiffusers { get; init; }

    /// <inheritdoc/>
    public void Check(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Plan(PathOf(path), default);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sampler does not fit the process, or the start the sampler.</exception>
    public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, NoiseStream noise)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(noise);
        CheckStart(start);
        var path = PathOf(predictor.Path);
        return Frames(Plan(path, start), path, predictor, start, noise);
    }

    /// <summary>The path with the precision that the steps are found in.</summary>
    internal DiffusionPath PathOf(DiffusionPath path) => MatchesDiffusers ? path.InSinglePrecision : path;

    /// <summary>The points of the spacing, with the steps that the network is told there.</summary>
    internal DiffusionPoint[] Points(DiffusionPath path) =>
        [.. Spacing.Select(PathOf(path), matchDiffusers: MatchesDiffusers).Select(WithModelTimestep)];

    /// <summary>The step that the network is told where the spacing says t; diffusers tells whole steps at some levels.</summary>
    private protected virtual double ModelTimestep(double t) => t;

    private protected virtual void CheckStart(SamplingStart start)
    {
        if (start.IsImage)
            throw new ArgumentException(
                "A sampler must start from noise or a noised image, but starts from the image itself: only inversion does.", nameof(start));
    }

    /// <summary>The recipe for one run.</summary>
    private protected abstract IRecipe Plan(DiffusionPath path, SamplingStart start);

    /// <summary>
    /// The visited points and the end, falling. diffusers visits step 0 also where it ends there: the network is asked once more, and what orders
    /// fall with the number of steps fall a step later.
    /// </summary>
    private protected DiffusionPoint[] Grid(DiffusionPath path, SamplingStart start)
    {
        var points = Spacing.From(start, path, matchDiffusers: MatchesDiffusers);
        var last = points[0].Rho > Last(path).Rho ? Last(path) : DiffusionPoint.Data;
        return [.. points.Where((point, i) => i == 0 || MatchesDiffusers || point.Rho > last.Rho).Select(WithModelTimestep), last];
    }

    /// <summary><see cref="Grid"/> for solvers in ρ or λ: where it begins in pure noise, with a very little signal.</summary>
    private protected DiffusionPoint[] FiniteGrid(DiffusionPath path, SamplingStart start)
    {
        var grid = Grid(path, start);
        if (grid[0].Alpha == 0)
            grid[0] = path.AtRho(DiffusionPath.FiniteRho(grid[0].Rho, grid[1].Rho)) with { T = grid[0].T };
        return grid;
    }

    /// <summary>
    /// ρ above which steps that would refine ε are of first order: its least error, times ρ, would swamp the image. diffusers knows no such limit.
    /// </summary>
    private protected double FirstOrderAbove => MatchesDiffusers ? double.PositiveInfinity : DiffusionPath.LargestInformativeRho;

    /// <summary>
    /// Whether a step that refines ε is of first order: where it begins above <see cref="FirstOrderAbove"/>, and where it leads from noise that hides
    /// the image to a small part of it. There ε changes from x's own noise to next to nothing, and half of the step's length in ρ would be left over.
    /// Points that are listed one by one are taken at their word, as k-diffusion takes them.
    /// </summary>
    private protected bool IsTooLongToRefine(DiffusionPoint from, DiffusionPoint to) => from.Rho > FirstOrderAbove
        || (!MatchesDiffusers && !Spacing.IsListed && from.Rho > HidesTheImage && to.Rho < from.Rho / LongestRatio);

    private const double HidesTheImage = 2, LongestRatio = 16;

    /// <summary>From each point to the next.</summary>
    private protected static (DiffusionPoint From, DiffusionPoint To)[] Pairs(DiffusionPoint[] grid) => [.. grid.Zip(grid.Skip(1))];

    private protected DiffusionPoint Last(DiffusionPath path) => End == SamplingEnd.Data ? DiffusionPoint.Data : path.At(0);

    private protected static double CheckEta(double eta) =>
        eta is >= 0 and <= 1 ? eta : throw new ArgumentOutOfRangeException(nameof(eta), eta, "Eta must be in 0..1.");

    private protected static int CheckOrder(int order, int largest) =>
        order >= 1 && order <= largest ? order : throw new ArgumentOutOfRangeException(nameof(order), order, $"The order must be in 1..{largest}.");

    private DiffusionPoint WithModelTimestep(DiffusionPoint point) => point with { T = ModelTimestep(point.T) };

    private static IEnumerable<SamplingFrame> Frames(
        IRecipe recipe, DiffusionPath path, Predictor predictor, SamplingStart start, NoiseStream noise)
    {
        using var run = new SamplingRun(path, predictor, noise, recipe.Evaluations);
        foreach (var frame in recipe.Walk(run, run.Begin(start)))
            yield return frame;
    }
}
