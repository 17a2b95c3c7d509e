using Ddpm.Denoising;
using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// One run of a recipe. It makes every tensor of the run and owns it, outside any scope of the caller's, until <see cref="Frame"/> or the end;
/// so a recipe may yield where it likes.
/// </summary>
internal sealed class SamplingRun(DiffusionPath path, Predictor predictor, NoiseStream noise, int evaluations) : IDisposable
{
    private readonly List<Tensor> live = [];
    private Tensor? estimate;
    private int frames;

    /// <summary>Where points are found by level.</summary>
    internal DiffusionPath Path => path;

    /// <summary>What the network is asked for.</summary>
    internal Parameterization Parameterization => predictor.Parameterization;

    internal Tensor Begin(SamplingStart start) => Own(start.X.detach());

    /// <summary>Asks the network; one that is self-conditioned is shown the x_0 that it said last, in the first evaluation none.</summary>
    internal Prediction Ask(Tensor x, DiffusionPoint at, bool keepEpsilon = false)
    {
        var (x0, ε, variance) = predictor.Predict(x, at, keepEpsilon, estimate);
        estimate = predictor.TakesEstimate ? x0 : null;
        return new(Own(x0), Own(ε), variance is null ? null : Own(variance));
    }

    internal Tensor Draw(Tensor like) => Own(noise.DrawLike(like));

    /// <summary>Σ factor · value, without the terms whose factor is 0.</summary>
    internal Tensor Sum(params (double Factor, Tensor Value)[] terms) => Compute(() =>
    {
        Tensor? sum = null;
        foreach (var (factor, value) in terms)
            if (factor != 0)
                sum = sum is null ? value.Times(factor) : sum.PlusInPlace(value, factor);
        return sum ?? zeros_like(terms[0].Value);
    });

    internal Tensor Compute(Func<Tensor> formula)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Own(formula().MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The frame at the end of a step, for the caller; of the run's own tensors, only x and those that later steps need stay alive, and the
    /// x_0 that a self-conditioned network is to be shown.
    /// </summary>
    internal SamplingFrame Frame(DiffusionPoint at, Tensor x, Tensor x0, params IEnumerable<Tensor> kept)
    {
        var frame = Next(at, x, x0);
        Keep([x, .. kept, .. estimate is null ? [] : new[] { estimate }]);
        return frame;
    }

    /// <summary>The frame in the middle of a step.</summary>
    internal SamplingFrame InnerFrame(DiffusionPoint at, Tensor x, Tensor x0) => Next(at, x, x0) with { IsInner = true };

    // A frame belongs to whoever receives it, not to the dispose scope that is open while it is made.
    private SamplingFrame Next(DiffusionPoint at, Tensor x, Tensor x0) =>
        new(frames++, evaluations, at, x.alias().DetachFromDisposeScope(), x0.alias().DetachFromDisposeScope());

    private void Keep(params IEnumerable<Tensor> kept)
    {
        var handles = kept.ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var tensor in live.Where(tensor => !handles.Contains(tensor)))
            tensor.Dispose();
        live.RemoveAll(tensor => !handles.Contains(tensor));
    }

    public void Dispose() => Keep();

    private Tensor Own(Tensor tensor)
    {
        live.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
