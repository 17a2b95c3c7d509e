using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>The library's UNets by name, for images of any size.</summary>
internal static class NetworkPresets
{
    /// <summary>What --network says of them.</summary>
    public const string Description =
        "paper, reference, small or tiny. Whatever the size of the images, attention stays at the resolution where the UNet has it, "
        + "or at the nearest that its levels have.";

    private static readonly Dictionary<string, UNetOptions> All = new(StringComparer.Ordinal)
    {
        ["paper"] = UNetOptions.Cifar10,
        ["reference"] = UNetOptions.ReferencePrograms,
        ["small"] = UNetOptions.Small,
        ["tiny"] = UNetOptions.Tiny,
    };

    public static Option<string> NetworkFlag(string usual) => Flag.OneOf("--network", "The UNet: " + Description, usual, [.. All.Keys]);

    public static Option<string?> OptionalNetworkFlag() => Flag.OptionalOneOf(
        "--network", "For a file that does not say how its network is made: " + Description, [.. All.Keys]);

    /// <summary>
    /// A preset for other images. Attention costs the square of the pixels that it sees: were it to keep its level, images of twice the edge would
    /// cost sixteen times as much in it.
    /// </summary>
    /// <param name="name">paper, reference, small or tiny.</param>
    /// <param name="image">Null: the preset's own images.</param>
    public static UNetOptions For(string name, ImageShape? image = null)
    {
        var preset = All[name];
        return image is not { } shape ? preset : preset with
        {
            Image = shape,
            AttentionResolutions =
                [.. preset.AttentionResolutions.Select(edge => shape.Height >> Nearest(preset.Multipliers.Count, shape, edge)).Distinct()],
        };
    }

    // The level with the nearest number of pixels, in proportion; of two as near, the smaller.
    private static int Nearest(int levels, ImageShape image, int edge) => Enumerable.Range(0, levels).Reverse()
        .MinBy(level => Math.Round(Math.Abs(Math.Log2((double)image.Height * image.Width / edge / edge) - 2 * level), 9));
}
