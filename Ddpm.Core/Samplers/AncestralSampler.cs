using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Ho et al. 2020, Algorithm 2, over all steps or a part of them. Between two points of the path the posterior q(x' | x, x_0) has
/// variance p = σ'² (1 - (σ'α/(α'σ))²) and mean α' x_0 + √(σ'² - p) ε, which for neighbouring steps is equation (7).
/// </summary>
/// <param name="variance">Which variance.</param>
/// <param name="spacing">Which steps; null for all of them.</param>
public sealed class AncestralSampler(AncestralVariance variance = AncestralVariance.FixedLarge, TimestepSpacing? spacing = null) : ISampler
{
    /// <summary>Which variance.</summary>
    public AncestralVariance Variance { get; } = Enum.IsDefined(variance) ? variance : throw new ArgumentOutOfRangeException(nameof(variance), variance, "The variance must be one of AncestralVariance.");

    /// <summary>Which steps.</summary>
    public TimestepSpacing Spacing { get; } = spacing ?? TimestepSpacing.All;

    /// <inheritdoc/>
    public void Check(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Spacing.Select(path.Steps);
    }

    /// <inheritdoc/>
    public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, INoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(noise);
        var path = predictor.Path;
        var points = Spacing.From(start, path.Steps).Select(path.At).Append(DiffusionPoint.Data).ToArray();
        return Steps(predictor, start.X, points, noise);
    }

    private IEnumerable<SamplingFrame> Steps(Predictor predictor, Tensor start, DiffusionPoint[] points, INoiseSource noise)
    {
        var x = start.detach().DetachFromDisposeScope();
        try
        {
            for (var i = 0; i < points.Length - 1; i++)
            {
                var (next, x0) = Step(predictor, x, points[i], points[i + 1], noise);
                x.Dispose();
                x = next.DetachFromDisposeScope();
                yield return new SamplingFrame(i, points.Length - 1, points[i + 1].T, x.alias(), x0);
            }
        }
        finally
        {
            x.Dispose();
        }
    }

    private (Tensor X, Tensor X0) Step(Predictor predictor, Tensor x, DiffusionPoint from, DiffusionPoint to, INoiseSource noise)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (x0, ε, _) = predictor.Predict(x, from);
        var (ᾱ, ᾱTo) = (from.AlphaBar, to.AlphaBar);
        var β = 1 - ᾱ / ᾱTo;
        var p = to.Sigma * to.Sigma / (from.Sigma * from.Sigma) * β;
        var next = to.Alpha * x0 + Math.Sqrt(Math.Max(to.Sigma * to.Sigma - p, 0)) * ε;
        if (to.Sigma > 0)       // Algorithm 2, line 3: z = 0 in the last step
            next = next.add_(noise.DrawLike(x).mul_(Math.Sqrt(Variance == AncestralVariance.FixedLarge ? β : p)));
        return (next.MoveToOuterDisposeScope(), x0.MoveToOuterDisposeScope());
    }
}
