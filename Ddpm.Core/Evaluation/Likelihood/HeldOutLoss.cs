using Ddpm.Imaging;
using Ddpm.Networks;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>How well noise is predicted in images that training never saw: the number that tells learning from memorising.</summary>
public static class HeldOutLoss
{
    /// <summary>Mean squared error between ε and ε_θ at chosen steps (Ho et al. 2020, equation 14, for fixed t and ε). Dropout is off, and a
    /// self-conditioned network is asked without an estimate of x_0.</summary>
    /// <param name="denoiser">The network; its mode is restored.</param>
    /// <param name="process">The forward process.</param>
    /// <param name="x0">[N, C, H, W] in [-1, 1] on the network's device.</param>
    /// <param name="steps">The steps t, each in 0..T-1; by default twenty from T/40 in strides of T/20.</param>
    /// <param name="noise">ε for a step and a shape, float32 [N, C, H, W], a new tensor; by default the CPU generator's with seed 1000 + t,
    /// as PyTorch draws it too.</param>
    /// <param name="batchSize">Images at once.</param>
    /// <param name="parameterization">What the network is shown, told and asked for; the loss is of that. null for ε by x_t and the step.</param>
    /// <param name="labels">The class of each image; null for a network without classes, or for its null class.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="ArgumentException">There are no images, the labels do not fit, or the network cannot be told what it would be.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <returns>The loss by step, in the order of <paramref name="steps"/>.</returns>
    public static IReadOnlyDictionary<int, double> Measure(
        IDenoiser denoiser, GaussianDiffusion process, Tensor x0, IReadOnlyList<int>? steps = null, Func<int, long[], Tensor>? noise = null,
        int batchSize = 50, Parameterization? parameterization = null, IReadOnlyList<int>? labels = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(process);
        Batch.Check(x0, nameof(x0));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        steps ??= [.. Enumerable.Range(0, 20).Select(i => process.Steps * (2 * i + 1) / 40).Distinct()];
        noise ??= SeededByStep;
        labels = ClassLabels.ForSampling(denoiser.Traits, labels, (int)x0.shape[0]);

        using var noGrad = no_grad();
        using var evaluation = EvaluationMode.Of(denoiser);
        var squares = new TrainingLoss();
        parameterization ??= Parameterization.Epsilon;
        var losses = new Dictionary<int, double>();
        foreach (var t in steps)
        {
            using var scope = NewDisposeScope();
            var ε = noise(t, x0.shape).to(x0.device);
            var sum = 0.0;
            for (var i = 0L; i < x0.shape[0]; i += batchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var batch = NewDisposeScope();
                var count = (int)Math.Min(batchSize, x0.shape[0] - i);
                var given = ClassLabels.Condition(labels, i, count, x0.device);
                var at = Enumerable.Repeat(process.Path.At(t), count).ToArray();
                var each = squares.PerImage(process, denoiser, parameterization, x0.narrow(0, i, count), at, ε.narrow(0, i, count), given);
                sum += count * each.mean().item<float>();
            }
            losses[t] = sum / x0.shape[0];
        }
        return losses;
    }

    private static Tensor SeededByStep(int t, long[] shape)
    {
        using var generator = new Generator((ulong)(1000 + t));
        return randn(shape, ScalarType.Float32, CPU, generator: generator);
    }
}
