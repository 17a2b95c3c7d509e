namespace Ddpm;

/// <summary>What the options must satisfy, each broken rule as a sentence.</summary>
internal static class UNetOptionsRules
{
    internal static IEnumerable<string> Faults(this UNetOptions options)
    {
        if (options.Channels < 1)
            yield return $"UNet channels must be at least 1, but are {options.Channels}.";
        if (options.Multipliers.Count is 0 or > 16 || options.Multipliers.Any(multiplier => multiplier < 1))
        {
            yield return $"UNet multipliers must be 1..16 numbers of at least 1, but are ({string.Join(", ", options.Multipliers)}).";
            yield break;
        }
        if (options.BlocksPerLevel < 1)
            yield return $"UNet blocks per level must be at least 1, but are {options.BlocksPerLevel}.";
        if (options.Groups < 1)
            yield return $"UNet groups must be at least 1, but are {options.Groups}.";
        else
            foreach (var width in Widths(options).Where(width => width % options.Groups != 0))
                yield return $"UNet groups must divide every width, but {options.Groups} does not divide {width}.";
        if (!(options.NormEpsilon > 0))
            yield return $"The epsilon of the norms must be above 0, but is {options.NormEpsilon}.";
        if (!(options.Dropout >= 0 && options.Dropout < 1))
            yield return $"Dropout must be in [0, 1), but is {options.Dropout}.";
        if (!Enum.IsDefined(options.DownsamplePadding))
            yield return $"The downsampling padding must be one of DownsamplePadding, but is {options.DownsamplePadding}.";
        if (options.Image.Channels == 0)
        {
            yield return "The UNet needs an image shape.";
            yield break;
        }
        if (options.SizeFault(options.Image.Height, options.Image.Width) is { } fault)
            yield return fault;
        foreach (var resolution in options.AttentionResolutions.Where(resolution => !Heights(options).Contains(resolution)))
            yield return $"Attention resolutions must be heights of levels ({string.Join(", ", Heights(options))}), but one is {resolution}.";
    }

    internal static string? SizeFault(this UNetOptions options, long height, long width)
    {
        var unit = 1 << (options.Levels - 1);
        return height % unit == 0 && width % unit == 0
            ? null
            : $"Height and width must be multiples of {unit} for {options.Levels} levels, but the images are {height} x {width}.";
    }

    private static IEnumerable<int> Widths(UNetOptions options) =>
        options.Multipliers.Select(multiplier => options.Channels * multiplier).Append(options.Channels).Distinct();

    private static IEnumerable<int> Heights(UNetOptions options) =>
        Enumerable.Range(0, options.Levels).Select(level => options.Image.Height >> level);
}
