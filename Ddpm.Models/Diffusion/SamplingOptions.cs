namespace Ddpm;

/// <summary>What a run of the sampler draws.</summary>
public sealed record SamplingOptions
{
    private readonly int batchSize = 64;

    /// <summary>
    /// Image k follows from the seed and k alone. null by default: another one each time, which <see cref="Diffusion.LastSeed"/> tells.
    /// </summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// The number of the first image, ≥ 0: images 100 to 149 of a seed are 50 from 100 on, as they would be among 150. So a set can be drawn in
    /// parts, by several machines, or go on later. 0 by default.
    /// </summary>
    public long FirstImage { get; init => field = RuleArgument.Check(value >= 0, nameof(FirstImage), value, "at least 0"); }

    /// <summary>Images at once, ≥ 1. It changes speed and memory, not the images (beyond rounding). 64 by default.</summary>
    public int BatchSize
    {
        get => batchSize;
        init => batchSize = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "The batch size must be at least 1.");
    }

    /// <summary>Another sampler than the diffusion's own. null by default.</summary>
    public ISampler? Sampler { get; init; }

    /// <summary>
    /// Another source of noise than the seed; all images are then drawn in one batch. Draw 0 is the start's, also where the start is given, and the
    /// sampler's follow. null by default.
    /// </summary>
    public INoiseSource? Noise { get; init; }

    /// <summary>The class of each image; null for a network without classes, or for its null class.</summary>
    public IReadOnlyList<int>? Labels { get; init => field = EquatableList.Of(value); }

    /// <summary>
    /// What else the network is given of each image: <see cref="Conditioning.Embedding"/> [count, width], <see cref="Conditioning.Image"/>
    /// [count, C', H, W], on any device; they stay the caller's. null by default, for networks that take neither.
    /// </summary>
    public Conditioning? Conditioning { get; init; }

    /// <summary>How the network is asked. <see cref="InferenceBackend.Auto"/> by default.</summary>
    public IInferenceBackend Backend { get; init => field = value ?? throw new ArgumentNullException(nameof(Backend)); } = InferenceBackend.Auto;

    /// <summary>How far to go beyond what the network says with the labels; null by default: not at all.</summary>
    public Guidance? Guidance { get; init; }
}
