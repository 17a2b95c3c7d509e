namespace Ddpm;

/// <summary>
/// What a checkpoint does not say itself. Everything may stay null: what is needed and missing is asked for by name. What the checkpoint does say
/// itself is refused.
/// </summary>
public sealed record PretrainedOptions
{
    /// <summary>
    /// Which dictionary of a nested .pth checkpoint holds the weights, for example "model" or "4"; null: the one that a known network fits.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>A variant of a pipeline's weights, for example "fp16" or "non_ema": diffusion_pytorch_model.VARIANT.safetensors.</summary>
    public string? Variant { get; init; }

    /// <summary>How many steps a pipeline's sampler takes (num_inference_steps of its call); null: 1,000 for DDPM, 50 for DDIM.</summary>
    public int? Steps { get; init; }

    /// <summary>η of a DDIM pipeline (eta of its call); null: 0.</summary>
    public double? Eta { get; init; }

    /// <summary>Whether a DDIM pipeline's ε follows the clipped x_0 (use_clipped_model_output of its call).</summary>
    public bool UseClippedOutput { get; init; }

    /// <summary>Height and width of the images in pixels; null: what the description says, or 32 x 32, or the least that the levels divide.</summary>
    public (int Height, int Width)? ImageSize { get; init; }

    /// <summary>Groups of the norms, for a file without description; null: what its family has, 8 or 32.</summary>
    public int? Groups { get; init; }

    /// <summary>ε of the norms, for a file without description; null: what its family has, 1e-5 or 1e-6.</summary>
    public double? NormEpsilon { get; init; }

    /// <summary>Attention heads of a guided-diffusion or improved-diffusion network.</summary>
    public int? Heads { get; init; }

    /// <summary>Its heads on the way up; null: as elsewhere.</summary>
    public int? UpHeads { get; init; }

    /// <summary>Channels a head, instead of <see cref="Heads"/>.</summary>
    public int? HeadWidth { get; init; }

    /// <summary>Whether query, key and value of such a network lie one after the other (use_new_attention_order) instead of head by head.</summary>
    public bool NewAttentionOrder { get; init; }

    /// <summary>
    /// Whether a network in a file without description is self-conditioned: half of the channels that it sees are the image's,
    /// half an estimate of x_0.
    /// </summary>
    public bool SelfConditioning { get; init; }

    /// <summary>
    /// The process that the network of a file without description was trained for. Null: what its family has, the paper's linear one of 1,000 steps;
    /// a guided-diffusion or improved-diffusion file needs it, here or by <see cref="DiffusionBuilder.WithSchedule"/>.
    /// </summary>
    public INoiseSchedule? Schedule { get; init; }

    /// <summary>
    /// Whether the network of such a file is told t · 1000/T instead of t (rescale_timesteps: the default of improved-diffusion, not of
    /// guided-diffusion). Needed where T is not 1,000.
    /// </summary>
    public bool? RescaledSteps { get; init; }

    /// <summary>
    /// What the second half of such a network's channels says of the variance (<see cref="Parameterization.Variance"/>). Null: what its family has;
    /// for a guided-diffusion or improved-diffusion network with twice the image's output channels <see cref="LearnedVariance.Range"/>.
    /// </summary>
    public LearnedVariance? LearnedVariance { get; init; }

    /// <summary>Told of what is ignored: entries of a description that say nothing here, weights that a pipeline's network does not have.</summary>
    public IProgress<string>? Warnings { get; init; }

    /// <summary>Whether weights that the network does not have are ignored: a pipeline's only.</summary>
    internal bool MayHoldMore { get; init; }

    /// <summary>What was given that only a file without description leaves open.</summary>
    internal IEnumerable<string> SaidOfAFile() => Names(
        (Groups is not null, nameof(Groups)), (NormEpsilon is not null, nameof(NormEpsilon)), (Heads is not null, nameof(Heads)),
        (UpHeads is not null, nameof(UpHeads)), (HeadWidth is not null, nameof(HeadWidth)), (NewAttentionOrder, nameof(NewAttentionOrder)),
        (SelfConditioning, nameof(SelfConditioning)), (Schedule is not null, nameof(Schedule)), (RescaledSteps is not null, nameof(RescaledSteps)),
        (LearnedVariance is not null, nameof(LearnedVariance)));

    /// <summary>What was given that only a pipeline leaves open.</summary>
    internal IEnumerable<string> SaidOfAPipeline() => Names(
        (Variant is not null, nameof(Variant)), (Steps is not null, nameof(Steps)), (Eta is not null, nameof(Eta)),
        (UseClippedOutput, nameof(UseClippedOutput)));

    /// <summary>What was given at all, but for the listener.</summary>
    internal IEnumerable<string> Said() =>
        [.. Names((Key is not null, nameof(Key)), (ImageSize is not null, nameof(ImageSize))), .. SaidOfAPipeline(), .. SaidOfAFile()];

    private static IEnumerable<string> Names(params IEnumerable<(bool IsSaid, string Name)> all) =>
        all.Where(each => each.IsSaid).Select(each => each.Name);
}
