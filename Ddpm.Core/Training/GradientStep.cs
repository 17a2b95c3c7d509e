using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// The loss and the gradient of a step's batch (Ho et al. 2020, Algorithm 1), as functions of (seed, step): in one pass, or in parts one after the
/// other, which need less memory and give the same but for rounding.
/// </summary>
internal sealed class GradientStep
{
    private readonly IDenoiser denoiser;
    private readonly nn.Module module;
    private readonly GaussianDiffusion process;
    private readonly Parameterization parameterization;
    private readonly IImageDataset data;
    private readonly TrainingOptions options;
    private readonly TrainingConditions conditions;
    private readonly TrainingLoss loss;
    private readonly TrainingLevels levels;
    private readonly LossHistory history;
    private readonly double selfConditioningRate;
    private readonly IStochasticModule[] drawing;
    private readonly ICheckpointedModule[] checkpointed;
    private readonly Device device;
    private bool hasComputed;

    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    internal GradientStep(
        IDenoiser denoiser, nn.Module module, GaussianDiffusion process, Parameterization parameterization, IImageDataset data,
        TrainingOptions options, LossHistory history, Device device)
    {
        (this.module, this.process, this.parameterization) = (module, process, parameterization);
        this.denoiser = options.Precision == TrainingPrecision.BFloat16 ? new BFloat16Denoiser(denoiser) : denoiser;
        (this.data, this.options, this.history, this.device) = (data, options, history, device);
        loss = options.LossOf();
        levels = options.Levels ?? TrainingLevels.Uniform;
        var traits = denoiser.Traits;
        selfConditioningRate = traits.TakesEstimate ? options.SelfConditioningRate : 0;
        NetworkFit.CheckVariance(traits, parameterization, data.Shape.Channels);
        loss.Check(process.Path, denoiser, parameterization, showEstimate: selfConditioningRate > 0);
        if (!levels.AreSteps && (options.BoundWeight > 0 || options.Loss == LossKind.VariationalBound))
            throw new ArgumentException($"The bound is a sum over whole steps of the process, but the levels drawn are {levels}.", nameof(options));
        conditions = new TrainingConditions(traits, data, options);
        var parts = module.modules().Prepend(module).Distinct().ToArray();
        drawing = [.. parts.OfType<IStochasticModule>()];
        checkpointed = options.ActivationCheckpointing ? [.. parts.OfType<ICheckpointedModule>().Where(part => !part.CheckpointsActivations)] : [];
        if (options.ActivationCheckpointing && !parts.OfType<ICheckpointedModule>().Any())
            throw new ArgumentException(
                $"{nameof(TrainingOptions.ActivationCheckpointing)} needs a network with parts that can compute their activations again "
                + $"({nameof(ICheckpointedModule)}), but this {module.GetType().Name} has none.", nameof(options));
    }

    /// <summary>Takes the gradient of a batch. Nothing is read from the device, and only small tensors are copied to it.</summary>
    /// <param name="draw">The step's number, by which everything random is drawn.</param>
    /// <param name="indices">The batch's images.</param>
    /// <param name="weights">The network's, whose gradient it becomes; null: it stays with the network's own.</param>
    /// <param name="slice">The images of the batch that are computed; null: all. The mean is over the batch all the same, so that the sum over
    /// all slices is that of the batch.</param>
    /// <returns>The mean loss, a scalar, and the images' losses, [N], in the caller's dispose scope; and the points of the batch.</returns>
    /// <exception cref="InvalidOperationException">The network cannot compute in the precision asked for.</exception>
    internal (Tensor Mean, Tensor PerImage, LevelDraw Drawn) Compute(
        int draw, ReadOnlySpan<int> indices, FlatWeights? weights, BatchSlice? slice = null)
    {
        using var pass = weights?.BeginPass();
        SwitchCheckpoints(on: true);
        try
        {
            var computed = ComputeParts(draw, indices, slice ?? new(0, indices.Length), weights);
            hasComputed = true;
            return computed;
        }
        catch (ExternalException fault) when (options.Precision == TrainingPrecision.BFloat16 && !hasComputed)
        {
            throw new InvalidOperationException(
                $"The network must compute with weights and images of bfloat16, as {nameof(TrainingOptions)}.{nameof(TrainingOptions.Precision)} "
                + $"asks, but this {module.GetType().Name} failed: {fault.Message.Split('\n')[0]}", fault);
        }
        finally
        {
            SwitchCheckpoints(on: false);
        }
    }

    private void SwitchCheckpoints(bool on)
    {
        foreach (var part in checkpointed)
            part.CheckpointsActivations = on;
    }

    private (Tensor Mean, Tensor PerImage, LevelDraw Drawn) ComputeParts(
        int draw, ReadOnlySpan<int> indices, BatchSlice own, FlatWeights? weights)
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(true);
        var drawn = levels.Draw(options.Seed, draw, indices.Length, process.Path, history);
        var size = Math.Min(options.MicroBatchSize ?? own.Count, own.Count);
        var (means, losses) = (new List<Tensor>(), new List<Tensor>());
        for (var first = own.First; first < own.End; first += size)
        {
            var part = indices[first..Math.Min(first + size, own.End)];
            var (mean, perImage) = ComputePart(draw, first, part, drawn.Part(first, part.Length), (double)part.Length / indices.Length);
            weights?.TakeGradient(adds: first > own.First);
            means.Add(mean);
            losses.Add(perImage);
        }
        var all = means switch
        {
            [] => Nothing(weights),
            [var only] => (only, losses[0]),
            _ => (stack(means).sum(), cat(losses)),
        };
        return (all.Item1.MoveToOuterDisposeScope(), all.Item2.MoveToOuterDisposeScope(), drawn);
    }

    // Of a slice without images, as there are where more processes than images share a batch.
    private (Tensor Mean, Tensor PerImage) Nothing(FlatWeights? weights)
    {
        weights?.Gradient.zero_();
        var type = weights?.Values.dtype ?? ScalarType.Float32;
        return (zeros([], type, device), zeros(0, type, device));
    }

    private (Tensor Mean, Tensor PerImage) ComputePart(int draw, int first, ReadOnlySpan<int> indices, LevelDraw drawn, double share)
    {
        using var scope = NewDisposeScope();
        var seed = options.Seed;
        foreach (var (i, part) in drawing.Index())
            part.Reseed(TrainingDraws.DropoutSeed(seed, draw, i), first);
        var x0 = Pixels.Batch(
            data, indices, i => options.HorizontalFlip && TrainingDraws.IsMirrored(seed, draw, first + i), device);
        var ε = TrainingDraws.NoiseLike(seed, draw, x0, options.OffsetNoise, first);
        var showEstimate = TrainingDraws.ShowsEstimate(seed, draw, selfConditioningRate);
        var perImage = loss.PerImage(
            process, denoiser, parameterization, x0, drawn.At, ε, conditions.Of(indices, draw, first, x0), showEstimate);
        var mean = drawn.Weigh(perImage).mean();
        if (share < 1)
            mean = mean.Times(share);
        Differentiate(mean);
        return (mean.detach().MoveToOuterDisposeScope(), perImage.detach().MoveToOuterDisposeScope());
    }

    private static void Differentiate(Tensor mean)
    {
        try
        {
            mean.backward();
        }
        catch (ExternalException) when (GradientFunction.TakeFault() is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
        finally
        {
            GradientFunction.Forget();
        }
    }
}
