using System.Globalization;
using System.Text.RegularExpressions;

namespace Ddpm;

/// <summary>The reference programs' names: encoder.resblock1_1 …, counted from 1, the deepest level of the decoder first.</summary>
internal static partial class ReferenceProgramsLayout
{
    internal static CheckpointLayout Instance { get; } = new(
        "reference programs",
        ["Proj.1.weight", "encoder.conv.weight"],
        (TimeLinear(), g => $"Proj.{2 * Number(g[1]) - 1}.{g[2]}"),
        (FirstConvolution(), g => $"encoder.conv.{g[1]}"),
        (LastNorm(), g => $"decoder.to_rgb.0.{g[1]}"),
        (LastConvolution(), g => $"decoder.to_rgb.2.{g[1]}"),
        (Block(), g => $"{Side(g[1])}.resblock{Number(g[2]) + 1}_{Number(g[3]) + 1}.{Part(g[4].Value)}"),
        (Attention(), g => $"{Side(g[1])}.attnblock{Number(g[2]) + 1}_{Number(g[3]) + 1}.{Part(g[4].Value)}"),
        (Down(), g => $"encoder.downsample{Number(g[1]) + 1}.{g[2]}"),
        (Up(), g => $"decoder.upsample{Number(g[1]) + 1}.1.{g[2]}"),
        (MiddleBlock(), g => $"resblock{Number(g[1]) + 1}.{Part(g[2].Value)}"),
        (MiddleAttention(), g => $"attnblock.{Part(g[1].Value)}"));

    private static string Side(Group side) => side.Value == "down" ? "encoder" : "decoder";

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static string Part(string ours) => ours
        .Replace("time_emb_proj", "linear1", StringComparison.Ordinal)
        .Replace("conv_shortcut", "shortcut", StringComparison.Ordinal)
        .Replace("group_norm", "norm", StringComparison.Ordinal)
        .Replace("to_out.0", "conv_out", StringComparison.Ordinal)
        .Replace("to_", "conv_", StringComparison.Ordinal);

    [GeneratedRegex(@"^time_embedding\.linear_([12])\.(.+)$")]
    private static partial Regex TimeLinear();

    [GeneratedRegex(@"^conv_in\.(.+)$")]
    private static partial Regex FirstConvolution();

    [GeneratedRegex(@"^conv_norm_out\.(.+)$")]
    private static partial Regex LastNorm();

    [GeneratedRegex(@"^conv_out\.(.+)$")]
    private static partial Regex LastConvolution();

    [GeneratedRegex(@"^(down|up)_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^(down|up)_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$")]
    private static partial Regex Attention();

    [GeneratedRegex(@"^down_blocks\.(\d+)\.downsamplers\.0\.conv\.(.+)$")]
    private static partial Regex Down();

    [GeneratedRegex(@"^up_blocks\.(\d+)\.upsamplers\.0\.conv\.(.+)$")]
    private static partial Regex Up();

    [GeneratedRegex(@"^mid_block\.resnets\.(\d+)\.(.+)$")]
    private static partial Regex MiddleBlock();

    [GeneratedRegex(@"^mid_block\.attentions\.0\.(.+)$")]
    private static partial Regex MiddleAttention();
}
