namespace Ddpm;

/// <summary>The shape of a <see cref="UNet"/>. The defaults are the paper's CIFAR-10 network (Ho et al. 2020, appendix B): 35,746,307 parameters.</summary>
public sealed record UNetOptions
{
    /// <summary>The images: any number of channels; H and W must be multiples of 2^(levels - 1), each on its own. 3 x 32 x 32 by default.</summary>
    public ImageShape Image { get; init; } = new(3, 32, 32);

    /// <summary>Width of the first convolution and unit of the multipliers. 128 by default.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>Width of every level in units of <see cref="Channels"/>, from full size to the smallest. (1, 2, 2, 2) by default.</summary>
    public IReadOnlyList<int> Multipliers { get; init; } = [1, 2, 2, 2];

    /// <summary>Residual blocks a level on the way down; one more on the way up. 2 by default.</summary>
    public int BlocksPerLevel { get; init; } = 2;

    /// <summary>Heights in pixels at which every residual block is followed by self-attention. 16 by default; the middle always has it.</summary>
    public IReadOnlyList<int> AttentionResolutions { get; init; } = [16];

    /// <summary>Groups of every group normalisation; they must divide every width. 32 by default.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>ε of every group normalisation, &gt; 0. 1e-6 by default.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Probability in [0, 1) with which a value is dropped before the second convolution of a block while training. 0.1 by default.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>How the stride-2 convolutions going down are padded. After the end by default, as in the paper's code.</summary>
    public DownsamplePadding DownsamplePadding { get; init; } = DownsamplePadding.AfterEnd;

    /// <summary>Whether the convolutions after each upsampling have a bias. Yes by default.</summary>
    public bool UpsampleBias { get; init; } = true;

    /// <summary>Whether the last convolution has a bias. Yes by default.</summary>
    public bool OutputBias { get; init; } = true;

    /// <summary>The paper's network for CIFAR-10: 35,746,307 parameters.</summary>
    public static UNetOptions Cifar10 { get; } = new();

    /// <summary>The reference programs' network: 109,731,712 parameters in 444 tensors, with attention at the fourth of six levels (for 32 x 32 images: at 4 x 4).</summary>
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

    internal int Levels => Multipliers.Count;

    internal int Width(int level) => Channels * Multipliers[level];

    internal bool HasAttention(int level) => AttentionResolutions.Contains(Image.Height >> level);
}
