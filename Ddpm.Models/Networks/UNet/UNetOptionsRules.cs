namespace Ddpm.Networks;

/// <summary>What the options must satisfy, each broken rule as a sentence.</summary>
internal static class UNetOptionsRules
{
    // Wider and deeper than any network, narrow enough that every product of two widths fits 64 bits.
    internal const int MostLevels = 16, MostBlocks = 64;
    private const int LargestWidth = 1 << 20, MostRows = 1_000_000;

    // Images of a network that says nothing of them: 32 x 32, or the least that its levels divide.
    private const int UsualEdge = 32;

    /// <exception cref="ArgumentException">The options do not fit together; the message lists every fault.</exception>
    internal static void Check(this UNetOptions options)
    {
        if (string.Join(" ", options.Faults()) is { Length: > 0 } faults)
            throw new ArgumentException(faults, nameof(options));
    }

    internal static IEnumerable<string> Faults(this UNetOptions options)
    {
        if (options.Channels is < 1 or > LargestWidth)
            return [$"UNet channels must be in 1..{LargestWidth}, but are {options.Channels}."];
        if (options.Multipliers.Count is 0 or > MostLevels || !options.Multipliers.All(multiplier => IsWidth(options.Channels * multiplier)))
            return [$"UNet multipliers must be 1..{MostLevels} numbers that make whole widths in 1..{LargestWidth} of {options.Channels} channels, "
                + $"but are ({string.Join(", ", options.Multipliers)})."];
        if (options.Image.Channels == 0)
            return ["The UNet needs an image shape."];
        return [.. BlockFaults(options), .. ResamplingFaults(options), .. AttentionFaults(options), .. TimeFaults(options)];
    }

    internal static (int Height, int Width) UsualSize(int levels)
    {
        var edge = Math.Max(UsualEdge, 1 << (levels - 1));
        return (edge, edge);
    }

    internal static string? SizeFault(this UNetOptions options, long height, long width)
    {
        var unit = 1 << (options.Levels - 1);
        return height % unit == 0 && width % unit == 0
            ? null
            : $"Height and width must be multiples of {unit} for {options.Levels} levels, but the images are {height} x {width}.";
    }

    private static IEnumerable<string> BlockFaults(UNetOptions options)
    {
        if (options.Image.Channels > LargestWidth || options.OutputChannels is < 1 or > LargestWidth)
            yield return $"Image and output channels must be in 1..{LargestWidth}, but are {options.Image.Channels} and {options.OutputChannels}.";
        if (options.ConditionChannels is < 0 or > LargestWidth)
            yield return $"The channels of an image beside x must be in 0..{LargestWidth}, but are {options.ConditionChannels}.";
        if (options.BlocksPerLevel is < 1 or > MostBlocks)
            yield return $"UNet blocks per level must be in 1..{MostBlocks}, but are {options.BlocksPerLevel}.";
        if (options.Groups < 1)
            yield return $"UNet groups must be at least 1, but are {options.Groups}.";
        else
            foreach (var width in Widths(options).Append(options.Channels).Distinct().Where(width => width % options.Groups != 0))
                yield return $"UNet groups must divide every width, but {options.Groups} does not divide {width}.";
        if (!(options.NormEpsilon > 0 && double.IsFinite(options.NormEpsilon)))
            yield return $"The epsilon of the norms must be above 0 and finite, but is {options.NormEpsilon}.";
        if (!(options.Dropout >= 0 && options.Dropout < 1))
            yield return $"Dropout must be in [0, 1), but is {options.Dropout}.";
        if (!Enum.IsDefined(options.Activation))
            yield return $"The activation must be one of Activation, but is {options.Activation}.";
    }

    private static IEnumerable<string> ResamplingFaults(UNetOptions options)
    {
        if (options.SizeFault(options.Image.Height, options.Image.Width) is { } fault)
            yield return fault;
        if (!Enum.IsDefined(options.DownsamplePadding))
            yield return $"The downsampling padding must be one of DownsamplePadding, but is {options.DownsamplePadding}.";
        foreach (var kinds in new[] { options.Downsampling, options.Upsampling })
            if (kinds is not null && (kinds.Count != options.Levels - 1 || !kinds.All(Enum.IsDefined)))
                yield return $"There must be one kind of resampling for each of the {options.Levels - 1} steps between levels, "
                    + $"but they are ({string.Join(", ", kinds)}).";
    }

    private static IEnumerable<string> AttentionFaults(UNetOptions options)
    {
        var heights = Enumerable.Range(0, options.Levels).Select(options.Resolution).ToArray();
        foreach (var resolution in options.AttentionResolutions.Concat(options.UpAttentionResolutions ?? [])
                .Where(resolution => !heights.Contains(resolution)))
            yield return $"Attention resolutions must be heights of levels ({string.Join(", ", heights)}), but one is {resolution}.";
        if (options.Heads < 1 || options.UpHeads < 1 || options.HeadWidth < 1)
        {
            yield return "Heads and their width must be at least 1, "
                + $"but are {options.Heads} ({options.UpHeads ?? options.Heads} on the way up) of {options.HeadWidth} channels.";
            yield break;
        }
        foreach (var (width, heads) in options.Attentions().Distinct())
            if (heads < 1)
                yield return $"A head must fit into every width with attention, but {options.HeadWidth} does not fit into {width}.";
            else if (options.HeadWidth is null && width % heads != 0)
                yield return $"Heads must divide every width with attention, but {heads} do not divide {width}.";
        if (options.Middle is { Blocks: true, Attention: true, NormGroups: > 0 and var groups } && Widths(options)[^1] % groups != 0)
            yield return $"The groups of the middle norm must divide its width, but {groups} does not divide {Widths(options)[^1]}.";
        if (options.Middle.NormGroups < 0 || !(options.Middle.Scale > 0 && double.IsFinite(options.Middle.Scale)))
            yield return "The middle's groups must be at least 0 and its scale above 0, "
                + $"but are {options.Middle.NormGroups} and {options.Middle.Scale}.";
    }

    private static IEnumerable<string> TimeFaults(UNetOptions options)
    {
        var time = options.Time;
        if (!Enum.IsDefined(time.Kind))
            yield return $"The time embedding must be one of TimeEmbeddingKind, but is {time.Kind}.";
        if (options.TimeFeatures is < 2 or > LargestWidth || options.TimeWidth is < 1 or > 4 * LargestWidth)
            yield return "The time needs at least 2 features and a width of at least 1, "
                + $"but they are {options.TimeFeatures} and {options.TimeWidth}.";
        if (!double.IsFinite(time.FrequencyShift))
            yield return $"The frequency shift must be finite, but is {time.FrequencyShift}.";
        if (time.Kind == TimeEmbeddingKind.Learned && time.Steps is < 1 or > MostRows)
            yield return $"A learned time embedding must have 1..{MostRows} steps, but has {time.Steps}.";
        if (options.Labels is { NullClass: true, Kind: not LabelKind.Embedding and var kind })
            yield return $"Only embedded labels can have a null class, but the labels are of kind {kind}.";
        if (options.Labels is { } labels && (!Enum.IsDefined(labels.Kind) || labels.Count is < 1 or > MostRows))
            yield return $"Labels must be of a LabelKind and 1..{MostRows} classes, but are {labels.Kind} of {labels.Count}.";
    }

    private static bool IsWidth(double width) => width >= 1 && width <= LargestWidth && Math.Abs(width - Math.Round(width)) < 1e-6;

    private static int[] Widths(UNetOptions options) => [.. Enumerable.Range(0, options.Levels).Select(options.Width)];
}
