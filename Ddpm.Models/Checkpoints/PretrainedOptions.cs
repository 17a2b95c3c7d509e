namespace Ddpm;

/// <summary>What a checkpoint does not say itself. Everything may stay null: what is needed and missing is asked for by name.</summary>
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

    /// <summary>Told of what is ignored: entries of a description that say nothing here, weights that a pipeline's network does not have.</summary>
    public IProgress<string>? Warnings { get; init; }

    /// <summary>Whether weights that the network does not have are ignored: a pipeline's only.</summary>
    internal bool MayHoldMore { get; init; }
}
