using Ddpm.Networks;

namespace Ddpm;

/// <summary>
/// The shape of a <see cref="UNet"/>. The defaults are the paper's CIFAR-10 network (Ho et al. 2020, appendix B): 35,746,307 parameters.
/// Saved models hold these properties under their names.
/// </summary>
public sealed record UNetOptions
{
    /// <summary>
    /// What the network sees: any number of channels; H and W must be multiples of 2^(levels - 1), each on its own. 3 x 32 x 32 by default.
    /// </summary>
    public ImageShape Image { get; init; } = new(3, 32, 32);

    /// <summary>Channels of the output; null: the image's. Twice the image's for a learned variance.</summary>
    public int? OutputChannels { get; init; }

    /// <summary>Width of the first convolution and unit of the multipliers. 128 by default.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>
    /// Width of every level in units of <see cref="Channels"/>, from full size to the smallest, each a whole number of channels.
    /// (1, 2, 2, 2) by default.
    /// </summary>
    public IReadOnlyList<double> Multipliers { get; init => field = EquatableList.Of(value); } = EquatableList.Of<double>([1, 2, 2, 2]);

    /// <summary>Residual blocks a level on the way down; one more on the way up. 2 by default.</summary>
    public int BlocksPerLevel { get; init; } = 2;

    /// <summary>Heights in pixels at which every residual block is followed by self-attention. 16 by default.</summary>
    public IReadOnlyList<int> AttentionResolutions { get; init => field = EquatableList.Of(value); } = EquatableList.Of([16]);

    /// <summary>The same on the way up; null: as on the way down.</summary>
    public IReadOnlyList<int>? UpAttentionResolutions { get; init => field = EquatableList.Of(value); }

    /// <summary>Heads of every attention; they must divide its width. 1 by default. Not used where <see cref="HeadWidth"/> is given.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Heads on the way up; null: as elsewhere.</summary>
    public int? UpHeads { get; init; }

    /// <summary>Width of a head: as many heads as fit into a width, so that the inside of attention may be narrower. Null by default.</summary>
    public int? HeadWidth { get; init; }

    /// <summary>Groups of every group normalisation; they must divide every width. 32 by default.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>ε of every group normalisation, &gt; 0. 1e-6 by default.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The activation inside residual blocks. SiLU by default.</summary>
    public Activation Activation { get; init; }

    /// <summary>
    /// Probability in [0, 1) with which a value is dropped before the second convolution of a block while training. 0.1 by default.
    /// </summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// Whether the time scales and shifts the second normalisation of a block (Nichol and Dhariwal 2021) instead of being added before it.
    /// No by default.
    /// </summary>
    public bool ScaleShift { get; init; }

    /// <summary>How the network goes from level i to level i + 1 on the way down, for every i; null: always by convolution.</summary>
    public IReadOnlyList<Resampling>? Downsampling { get; init => field = EquatableList.Of(value); }

    /// <summary>How it goes from level i + 1 back to level i on the way up, for every i; null: always by convolution.</summary>
    public IReadOnlyList<Resampling>? Upsampling { get; init => field = EquatableList.Of(value); }

    /// <summary>How the stride-2 convolutions going down are padded. After the end by default, as in the paper's code.</summary>
    public DownsamplePadding DownsamplePadding { get; init; } = DownsamplePadding.AfterEnd;

    /// <summary>Whether the convolutions after each upsampling have a bias. Yes by default.</summary>
    public bool UpsampleBias { get; init; } = true;

    /// <summary>Whether the last convolution has a bias. Yes by default.</summary>
    public bool OutputBias { get; init; } = true;

    /// <summary>Whether the input is in [0, 1] and is brought to [-1, 1] first: x ← 2x - 1. No by default.</summary>
    public bool CenterInput { get; init; }

    /// <summary>
    /// Whether the network is shown an estimate of x_0 as well (Chen et al. 2022, "Analog Bits", section 3.2): its first convolution then sees twice
    /// the image's channels, x and the estimate as it is, or zeros where there is none. No by default.
    /// </summary>
    public bool SelfConditioning { get; init; }

    /// <summary>
    /// Channels of an image that the network sees beside x (<see cref="Conditioning.Image"/>; Saharia et al. 2022, SR3), ≥ 0: its first convolution
    /// sees these too. 0 by default: none.
    /// </summary>
    public int ConditionChannels { get; init; }

    /// <summary>How the step t is told.</summary>
    public TimeEmbeddingOptions Time { get; init; } = new();

    /// <summary>What stands at the smallest size.</summary>
    public MiddleOptions Middle { get; init; } = new();

    /// <summary>Class labels; null: the network has none.</summary>
    public LabelOptions? Labels { get; init; }

    /// <summary>The paper's network for CIFAR-10: 35,746,307 parameters.</summary>
    public static UNetOptions Cifar10 { get; } = new();

    /// <summary>
    /// The reference programs' network: 109,731,712 parameters in 444 tensors, with attention at the fourth of six levels
    /// (for 32 x 32 images: at 4 x 4).
    /// </summary>
    public static UNetOptions ReferencePrograms { get; } = new()
    {
        Multipliers = [1, 1, 2, 2, 4, 4],
        AttentionResolutions = [4],
        Groups = 8,
        NormEpsilon = 1e-5,
        Dropout = 0.5,
        DownsamplePadding = DownsamplePadding.BothSides,
        UpsampleBias = false,
        OutputBias = false,
    };

    /// <summary>A network for 32 x 32 images that a CPU trains in an hour or two: 1,624,323 parameters.</summary>
    public static UNetOptions Small { get; } = new() { Channels = 32, Multipliers = [1, 2, 2], Groups = 8 };

    /// <summary>A network for 16 x 16 images that a CPU trains in minutes: 702,499 parameters.</summary>
    public static UNetOptions Tiny { get; } = new()
    {
        Image = new(3, 16, 16),
        Channels = 32,
        Multipliers = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [8],
        Groups = 8,
        Dropout = 0,
    };

    /// <summary>
    /// The memory that training takes for what the network keeps of images until their gradient is computed, in bytes: an estimate, to which the
    /// weights come (docs/training-checks.md says how far off it was).
    /// </summary>
    /// <param name="images">Images at once, ≥ 0.</param>
    public double TrainingBytes(long images) => sizeof(float) * new UNetWork(this).ValuesOfTraining * images;

    /// <summary>The memory that sampling takes for images at once, in bytes: an estimate, to which the weights come.</summary>
    /// <param name="images">Images at once, ≥ 0.</param>
    public double SamplingBytes(long images) => sizeof(float) * new UNetWork(this).ValuesAtOnce * images;

    internal int InputChannels => (SelfConditioning ? 2 : 1) * Image.Channels + ConditionChannels;

    /// <summary>Whether every width is a whole number of the blocks that oneDNN computes together.</summary>
    internal bool HasWholeBlocks => Enumerable.Range(0, Levels).Select(Width).Prepend(Channels).All(width => width % ChannelsLast.Block == 0);

    /// <summary>Whether it has twice the image's channels, the second half of which say the variance.</summary>
    internal bool SaysVariance => OutputChannels == 2 * Image.Channels;

    internal int Levels => Multipliers.Count;

    internal int TimeFeatures => Time.Features ?? Channels;

    internal int TimeWidth => Time.Width ?? 4 * TimeFeatures;

    internal int Width(int level) => (int)Math.Round(Channels * Multipliers[level]);

    internal int Resolution(int level) => Image.Height >> level;

    internal bool DownAttention(int level) => AttentionResolutions.Contains(Resolution(level));

    internal bool UpAttention(int level) => (UpAttentionResolutions ?? AttentionResolutions).Contains(Resolution(level));

    internal Resampling Downsample(int level) => Downsampling?[level] ?? Resampling.Convolution;

    internal Resampling Upsample(int level) => Upsampling?[level] ?? Resampling.Convolution;

    internal int HeadsOf(int width, bool up) => HeadWidth is { } head ? width / head : up ? UpHeads ?? Heads : Heads;

    /// <summary>Width and heads of every attention.</summary>
    internal IEnumerable<(int Width, int Heads)> Attentions()
    {
        for (var level = 0; level < Levels; level++)
        {
            var width = Width(level);
            if (DownAttention(level) || (level == Levels - 1 && Middle is { Blocks: true, Attention: true }))
                yield return (width, HeadsOf(width, up: false));
            if (UpAttention(level))
                yield return (width, HeadsOf(width, up: true));
        }
    }
}
