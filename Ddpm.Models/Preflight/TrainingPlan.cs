using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What is looked at before a run: the parts of a model, the recipe, the images and where to write.</summary>
internal sealed record TrainingPlan(IDenoiser Denoiser, GaussianDiffusion Process, Parameterization Parameterization, TrainingOptions Options)
{
    /// <summary>C, H, W of the model's images.</summary>
    internal required ImageShape Image { get; init; }

    /// <summary>Where it computes.</summary>
    internal required Device Device { get; init; }

    /// <summary>The images; null: not known yet.</summary>
    internal IImageDataset? Data { get; init; }

    /// <summary>The names that the model has of its classes.</summary>
    internal IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Where the run will write; null: not known.</summary>
    internal string? Output { get; init; }

    /// <summary>How many processes share the work.</summary>
    internal int Processes { get; init; } = 1;

    /// <summary>The UNet's options, where the network is one.</summary>
    internal UNetOptions? Network => (Denoiser as UNet)?.Options;

    internal NetworkTraits Traits => Denoiser.Traits;

    /// <summary>Images of a batch that this process takes, at most.</summary>
    internal int Slice => BatchSlice.Of(Options.BatchSize, Processes - 1, Processes).Count;

    /// <summary>Images that the network sees at once.</summary>
    internal int AtOnce => Math.Min(Options.MicroBatchSize ?? Slice, Slice);

    /// <summary>Bytes of the weights that are trained.</summary>
    internal long WeightBytes => Denoiser.Network?.parameters().Where(weights => weights.requires_grad)
        .DistinctBy(weights => weights.Handle).Sum(weights => weights.numel() * weights.element_size()) ?? 0;

    /// <summary>Bytes of a state: weights, moments and averages.</summary>
    internal long StateBytes => WeightBytes * (1 + Options.Optimizer.Moments.Count + Options.AveragesKept.Count);

    /// <summary>Bytes of a state that this process keeps: of processes that share the update each has a slice of moments and averages.</summary>
    internal long KeptBytes => WeightBytes + (StateBytes - WeightBytes) / (Options.ShardOptimizer ? Processes : 1);

    /// <summary>Whether computing is on the CPU, whose memory is known.</summary>
    internal bool IsOnCpu => Device.type == DeviceType.CPU;
}
