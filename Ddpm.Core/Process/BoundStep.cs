using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A step of a reverse chain as its bound sees it (Ho et al. 2020, equation 5).</summary>
internal readonly record struct BoundStep(DiffusionPoint From, DiffusionPoint To, double LogSmall, double LogLarge)
{
    // Both as the authors have them: half of the distance between two levels of a pixel, and where the first and the last level begin.
    private const double HalfLevel = 1 / 255.0, Edge = 0.999, LeastLikelihood = 1e-12;

    private bool IsLast => To.Sigma == 0;

    /// <summary>The steps of a chain; its points fall and end at the data.</summary>
    internal static BoundStep[] Of(IReadOnlyList<DiffusionPoint> points)
    {
        var steps = new BoundStep[points.Count - 1];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = Of(points[i], points[i + 1], i > 0 ? points[i - 1] : null);
        return steps;
    }

    /// <summary>The step from t to t - 1 of the whole process.</summary>
    internal static BoundStep At(DiffusionPath path, int t) => Of(path.At(t), path.At(t - 1), t + 1 < path.Steps ? path.At(t + 1) : null);

    // The posterior of the step to the data has no variance: like the authors, the bound takes that of the step before (β if there is none).
    private static BoundStep Of(DiffusionPoint from, DiffusionPoint to, DiffusionPoint? before)
    {
        var large = Math.Log(new Posterior(from, to).Beta);
        var small = to.Sigma > 0 ? Math.Log(new Posterior(from, to).Variance)
            : before is { } above ? Math.Log(new Posterior(above, from).Variance) : large;
        return new(from, to, small, large);
    }

    /// <summary>
    /// L_{t-1} = KL(N(μ̃, β̃) ‖ N(μ_θ, σ²)); in the step to the data, L_0 by the discretised decoder (equation 13). In bits a value.
    /// </summary>
    /// <param name="steps">One an image.</param>
    /// <param name="variance">σ², where it is not learned.</param>
    /// <param name="learned">ln σ² by ln β̃ and ln β - ln β̃, both [N, 1, 1, 1], where it is learned; else null.</param>
    /// <param name="x0">[N, C, H, W], levels of 1/127.5 from -1 to 1.</param>
    /// <param name="predicted">x_0 by the network, [N, C, H, W], from which the mean follows as in equation 7.</param>
    /// <returns>[N]; the caller owns it.</returns>
    internal static Tensor Bits(
        IReadOnlyList<BoundStep> steps, AncestralVariance variance, Func<Tensor, Tensor, Tensor>? learned, Tensor x0, Tensor predicted)
    {
        using var scope = NewDisposeScope();
        var small = Column(step => step.LogSmall);
        var logVariance = learned is not null ? learned(small, Column(step => step.LogLarge - step.LogSmall))
            : variance == AncestralVariance.FixedSmall ? small
            : Column(step => step.IsLast ? step.LogSmall : step.LogLarge);
        // μ̃ - μ_θ: x_t has the same share in both.
        var distance = Column(step => new Posterior(step.From, step.To).X0Factor) * (x0 - predicted);
        var nats = (logVariance - small).Minus(1).Plus((small - logVariance).exp()).Plus(distance.Squared() * (-logVariance).exp()).Over(2);
        if (steps.Any(step => step.IsLast))
            nats = Choose.By(Column(step => step.IsLast ? 1 : 0).IsAbove(0), -LogLikelihood(x0, predicted, logVariance), nats);
        return nats.flatten(1).mean([1]).Over(Math.Log(2)).MoveToOuterDisposeScope();

        Tensor Column(Func<BoundStep, double> value) => PointBatch.Column(steps.Select(value), x0);
    }

    // Equation (13): the Gaussian's mass on a pixel's level; the first and the last level reach to infinity.
    private static Tensor LogLikelihood(Tensor x0, Tensor mean, Tensor logVariance)
    {
        var (centred, precision) = (x0 - mean, (-logVariance).Over(2).exp());
        var (below, above) = (Normal(centred.Minus(HalfLevel) * precision), Normal(centred.Plus(HalfLevel) * precision));
        var mass = Choose.By(x0.IsBelow(-Edge), above, Choose.By(x0.IsAbove(Edge), below.SubtractedFrom(1), above - below));
        return mass.Masked(mass.IsBelow(LeastLikelihood), LeastLikelihood).log();         // a clamp, whose gradient would need torch.where
    }

    // The authors' approximation of the normal distribution function (Page 1977), within 2e-4.
    private static Tensor Normal(Tensor v) => v.Plus(v.Power(3).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI)).tanh().Plus(1).Over(2);
}
