namespace Ddpm;

/// <summary>The options of a <see cref="UNet"/> under the names of the file.</summary>
internal sealed record NetworkDescription
{
    public required int ImageChannels { get; init; }

    public required int ImageHeight { get; init; }

    public required int ImageWidth { get; init; }

    public required int Channels { get; init; }

    public required IReadOnlyList<int> Multipliers { get; init; }

    public required int BlocksPerLevel { get; init; }

    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    public required int Groups { get; init; }

    public required double NormEpsilon { get; init; }

    public required double Dropout { get; init; }

    public required DownsamplePadding DownsamplePadding { get; init; }

    public required bool UpsampleBias { get; init; }

    public required bool OutputBias { get; init; }

    internal static NetworkDescription Of(UNetOptions options) => new()
    {
        ImageChannels = options.Image.Channels,
        ImageHeight = options.Image.Height,
        ImageWidth = options.Image.Width,
        Channels = options.Channels,
        Multipliers = options.Multipliers,
        BlocksPerLevel = options.BlocksPerLevel,
        AttentionResolutions = options.AttentionResolutions,
        Groups = options.Groups,
        NormEpsilon = options.NormEpsilon,
        Dropout = options.Dropout,
        DownsamplePadding = options.DownsamplePadding,
        UpsampleBias = options.UpsampleBias,
        OutputBias = options.OutputBias,
    };

    internal UNetOptions ToOptions() => new()
    {
        Image = new(ImageChannels, ImageHeight, ImageWidth),
        Channels = Channels,
        Multipliers = Multipliers,
        BlocksPerLevel = BlocksPerLevel,
        AttentionResolutions = AttentionResolutions,
        Groups = Groups,
        NormEpsilon = NormEpsilon,
        Dropout = Dropout,
        DownsamplePadding = DownsamplePadding,
        UpsampleBias = UpsampleBias,
        OutputBias = OutputBias,
    };
}
