using Ddpm.Networks;
using Ddpm.Training;

namespace Ddpm;

/// <summary>What a checkpoint says of a diffusion; null: nothing.</summary>
internal sealed record CheckpointParts
{
    public INoiseSchedule? Schedule { get; init; }

    /// <summary>How the network is made; its options fit together.</summary>
    public NetworkDescription? Network { get; init; }

    /// <summary>Where its weights lie, and what was said of them.</summary>
    public (string File, PretrainedOptions Options)? Weights { get; init; }

    public PredictorOptions? Prediction { get; init; }

    public TrainingLevels? Levels { get; init; }

    /// <summary>Names of the network's classes.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    public ISampler? Sampler { get; init; }

    /// <summary>Why a sampler must be given, if one must.</summary>
    public string? SamplerToGive { get; init; }
}
