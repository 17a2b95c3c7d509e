namespace Ddpm.Networks;

/// <summary>What a network is, as it tells itself: what it must be given, what it may be given, and what it returns.</summary>
public sealed record NetworkTraits
{
    /// <summary>Nothing is known: the network is given x and t, and labels if there are some.</summary>
    public static NetworkTraits Unknown { get; } = new();

    /// <summary>C, H, W of the images that it was made for; null: not known. It may take others.</summary>
    public ImageShape? Image { get; init; }

    /// <summary>
    /// How many classes: labels are 0 to Classes - 1, and must be given; int.MaxValue where any number is a label. 0: it takes no labels. null: not
    /// known.
    /// </summary>
    public int? Classes { get; init; }

    /// <summary>
    /// The label that stands for no class, with which the network denoises unconditionally (Ho and Salimans 2022); null: it has none.
    /// </summary>
    public int? NullClass { get; init; }

    /// <summary>Width of the embedding that it must be given (<see cref="Conditioning.Embedding"/>), [N, width]; 0: it takes none.</summary>
    public int EmbeddingWidth { get; init; }

    /// <summary>Channels of the image that it must be given beside x (<see cref="Conditioning.Image"/>); 0: it takes none.</summary>
    public int ConditionChannels { get; init; }

    /// <summary>
    /// Whether it takes an estimate of x_0 (<see cref="Conditioning.Estimate"/>). One that does not is asked without, in training and in sampling.
    /// </summary>
    public bool TakesEstimate { get; init; }

    /// <summary>How many channels it returns: C, or 2C where it says the variance too; null: not known.</summary>
    public int? OutputChannels { get; init; }

    /// <summary>The numbers that it can be told of time; null: any that is finite.</summary>
    public TimeRange? Time { get; init; }

    /// <summary>How it lays its images out for convolutions on the CPU.</summary>
    public ConvolutionLayout Layout { get; init; }

    /// <summary>Whether it takes labels for certain.</summary>
    internal bool HasClasses => Classes > 0;
}
