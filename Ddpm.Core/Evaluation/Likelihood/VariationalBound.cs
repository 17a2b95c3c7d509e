using Ddpm.Denoising;
using Ddpm.Imaging;
using Ddpm.Networks;
using Ddpm.Noise;
using Ddpm.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// How well a model compresses images: the bound L_0 + Σ L_{t-1} + L_T on -log p(x_0) (Ho et al. 2020, equation 5), in bits a value, each term with
/// one draw of noise.
/// It takes one evaluation of the network a step. A self-conditioned network is asked without an estimate of x_0.
/// </summary>
public sealed record VariationalBound
{
    /// <summary>
    /// The variance of the reverse steps, where the network does not say it. <see cref="AncestralVariance.FixedLarge"/> by default. It matters, the
    /// more the fewer the steps: a learned one gives the fewest bits.
    /// </summary>
    public AncestralVariance Variance
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Variance), "The variance");
    }

    /// <summary>The steps of the chain, whose bound it is: that of fewer steps is higher. <see cref="TimestepSpacing.All"/> by default.</summary>
    public TimestepSpacing Spacing
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Spacing));
    } = TimestepSpacing.All;

    /// <summary>
    /// Those steps t of the chain whose terms are measured, to save time; the others then count as 0, so that the sum is no bound.
    /// null by default: all.
    /// </summary>
    public IReadOnlyList<int>? Steps { get; init => field = EquatableList.Of(value); }

    /// <summary>The noise of image k at a step follows from the seed, k and the step alone. 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Another source of noise, one draw a measured step; all images are then measured in one batch. null by default.</summary>
    public INoiseSource? Noise { get; init; }

    /// <summary>Images at once, ≥ 1. 64 by default.</summary>
    public int BatchSize
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "The batch size must be at least 1.");
    } = 64;

    /// <summary>The class of each image; null for a network without classes, or for its null class.</summary>
    public IReadOnlyList<int>? Labels { get; init => field = EquatableList.Of(value); }

    /// <summary>Measures. Dropout and gradients are off meanwhile.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="path">The process that it was trained for.</param>
    /// <param name="x0">[N, C, H, W], levels of 1/127.5 from -1 to 1 (<see cref="Pixels.ToUnit"/>), on the network's device.</param>
    /// <param name="prediction">What the network predicts, and how x_0 is clipped; null for the defaults.</param>
    /// <param name="progress">Told the share done, above 0 to 1, after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="ArgumentException">There are no images, the labels or a step do not fit, or the spacing or the prediction does not fit the
    /// process.</exception>
    /// <exception cref="InvalidOperationException">The variance is said to be learned, but the network has no second C channels.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public BitsPerDimension Measure(
        IDenoiser denoiser, DiffusionPath path, Tensor x0, PredictorOptions? prediction = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(path);
        var count = Batch.Check(x0, nameof(x0));
        var labels = ClassLabels.ForSampling(denoiser.Traits, Labels, count);
        var chain = BoundStep.Of([.. Spacing.Select(path), DiffusionPoint.Data]);
        var measured = Measured(chain);
        var images = new double[count];
        var sums = new BoundTerm[measured.Length];
        var prior = 0.0;
        var size = Noise is null ? Math.Min(BatchSize, count) : count;
        var batches = (count + size - 1) / size;
        using var noGrad = no_grad();
        for (var batch = 0; batch < batches; batch++)
        {
            using var scope = NewDisposeScope();
            var first = batch * size;
            var x = x0.narrow(0, first, Math.Min(size, count - first));
            var given = ClassLabels.Condition(labels, first, x.shape[0], x.device);
            var predictor = new Predictor(denoiser, path, prediction, given);
            prior += Add(images, first, Prior(x, chain[0].From));
            for (var i = 0; i < measured.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var noise = Noise is null
                    ? new NoiseStream(new SeededNoise(Seeds.Mix(Seed, BitConverter.DoubleToUInt64Bits(measured[i].From.T))), first)
                    : new NoiseStream(Noise, firstDraw: i);
                sums[i] = Term(predictor, x, measured[i], noise, images, first, sums[i]);
                progress?.Report((batch * measured.Length + i + 1.0) / (batches * measured.Length));
            }
        }
        var terms = sums.Select(sum => new BoundTerm(sum.T, sum.Bits / count, sum.X0Error / count, sum.EpsilonError / count));
        return new(images, prior / count, [.. terms]);
    }

    private BoundStep[] Measured(BoundStep[] chain)
    {
        foreach (var t in Steps ?? [])
            if (!chain.Any(step => step.From.T == t))
                throw new ArgumentException($"The steps to measure must be steps of the chain, but {t} is not among its {chain.Length}.");
        return Steps is null ? chain : [.. chain.Where(step => Steps.Any(t => t == step.From.T))];
    }

    // The network computes in float32 (or in what x_0 is in), the terms in float64.
    private BoundTerm Term(Predictor predictor, Tensor x0, BoundStep step, NoiseStream noise, double[] images, int first, BoundTerm sum)
    {
        using var scope = NewDisposeScope();
        var ε = noise.DrawLike(x0);
        var (predicted, said, channels) = predictor.Predict(x0.Times(step.From.Alpha).Plus(ε.Times(step.From.Sigma)), step.From);
        var (exact, guess) = (x0.to(ScalarType.Float64), predicted.to(ScalarType.Float64));
        var steps = Enumerable.Repeat(step, (int)x0.shape[0]).ToArray();
        var said64 = channels?.to(ScalarType.Float64);
        Func<Tensor, Tensor, Tensor>? learned = predictor.Parameterization is { Variance: not LearnedVariance.None } parameterization
            ? (small, span) => parameterization.LogVariance(said64, small, span)
            : null;
        var bits = Add(images, first, BoundStep.Bits(steps, Variance, learned, exact, guess));
        var noiseError = Squares(said.to(ScalarType.Float64) - ε);
        return new(step.From.T, sum.Bits + bits, sum.X0Error + Squares(guess - exact), sum.EpsilonError + noiseError);
    }

    // L_T = KL(q(x_T | x_0) ‖ N(0, I)) (equation 5).
    private static Tensor Prior(Tensor x0, DiffusionPoint at)
    {
        using var scope = NewDisposeScope();
        var variance = at.Sigma * at.Sigma;
        var nats = x0.to(ScalarType.Float64).Squared().flatten(1).mean([1]).Times(at.AlphaBar).Plus(variance - 1 - Math.Log(variance)).Over(2);
        return nats.Over(Math.Log(2)).MoveToOuterDisposeScope();
    }

    private static double Add(double[] images, int first, Tensor bits)
    {
        using var cpu = bits.cpu();
        var values = cpu.data<double>().ToArray();
        GC.KeepAlive(cpu);
        for (var i = 0; i < values.Length; i++)
            images[first + i] += values[i];
        return values.Sum();
    }

    // Summed over the images, a mean over the values of each.
    private static double Squares(Tensor difference) => difference.Squared().flatten(1).mean([1]).sum().item<double>();
}
