using System.Globalization;
using System.Text.RegularExpressions;
using Ddpm.Networks;

namespace Ddpm;

/// <summary>The four families, each a table.</summary>
internal static partial class Layouts
{
    /// <summary>diffusers' UNet2DModel; this library's own names too.</summary>
    internal static CheckpointLayout Diffusers { get; } = new()
    {
        Name = "diffusers",
        Signature = ["time_embedding.linear_1.weight", "conv_norm_out.weight"],
        Extent = names => Indexed(names, DiffusersBlock()),
        Names = new()
        {
            Time = ("time_embedding.linear_1", "time_embedding.linear_2"),
            TimeFeatures = "time_proj",
            Labels = "class_embedding",
            LabelLayers = ("class_embedding.linear_1", "class_embedding.linear_2"),
            FirstConvolution = "conv_in",
            LastNorm = "conv_norm_out",
            LastConvolution = "conv_out",
            DownBlock = at => $"down_blocks.{at.Level}.resnets.{at.Block}",
            DownAttention = at => $"down_blocks.{at.Level}.attentions.{at.Block}",
            DownConvolution = at => $"down_blocks.{at.Level}.downsamplers.0.conv",
            DownResampler = at => $"down_blocks.{at.Level}.downsamplers.0",
            UpBlock = at => $"up_blocks.{at.Stage}.resnets.{at.Block}",
            UpAttention = at => $"up_blocks.{at.Stage}.attentions.{at.Block}",
            UpConvolution = at => $"up_blocks.{at.Stage}.upsamplers.0.conv",
            UpResampler = at => $"up_blocks.{at.Stage}.upsamplers.0",
            Middle = ("mid_block.resnets.0", "mid_block.attentions.0", "mid_block.resnets.1"),
            OlderAttentionParts = ["group_norm", "query", "key", "value", "proj_attn"],
        },
    };

    /// <summary>The reference programs: counted from 1, the deepest level of the decoder first.</summary>
    internal static CheckpointLayout ReferencePrograms { get; } = new()
    {
        Name = "reference programs",
        Signature = ["Proj.1.weight", "encoder.conv.weight"],
        Extent = names => Indexed(names, ReferenceBlock(), first: 1),
        Constants = UNetOptions.ReferencePrograms,
        Names = new()
        {
            Time = ("Proj.1", "Proj.3"),
            FirstConvolution = "encoder.conv",
            LastNorm = "decoder.to_rgb.0",
            LastConvolution = "decoder.to_rgb.2",
            DownBlock = at => $"encoder.resblock{at.Level + 1}_{at.Block + 1}",
            DownAttention = at => $"encoder.attnblock{at.Level + 1}_{at.Block + 1}",
            DownConvolution = at => $"encoder.downsample{at.Level + 1}",
            UpBlock = at => $"decoder.resblock{at.Stage + 1}_{at.Block + 1}",
            UpAttention = at => $"decoder.attnblock{at.Stage + 1}_{at.Block + 1}",
            UpConvolution = at => $"decoder.upsample{at.Stage + 1}.1",
            Middle = ("resblock1", "attnblock", "resblock2"),
            BlockParts = ["norm1", "conv1", "linear1", "norm2", "conv2", "shortcut"],
            AttentionParts = ["norm", "conv_q", "conv_k", "conv_v", "conv_out"],
        },
    };

    /// <summary>The PyTorch port of Ho et al.'s code: <c>up.0</c> is the full-size level.</summary>
    internal static CheckpointLayout HoPort { get; } = new()
    {
        Name = "Ho port",
        Signature = ["temb.dense.0.weight", "down.0.block.0.conv1.weight"],
        Extent = names => Indexed(names, HoBlock()),
        Constants = new(),
        Unused = "logvar",
        Names = new()
        {
            Time = ("temb.dense.0", "temb.dense.1"),
            FirstConvolution = "conv_in",
            LastNorm = "norm_out",
            LastConvolution = "conv_out",
            DownBlock = at => $"down.{at.Level}.block.{at.Block}",
            DownAttention = at => $"down.{at.Level}.attn.{at.Block}",
            DownConvolution = at => $"down.{at.Level}.downsample.conv",
            UpBlock = at => $"up.{at.Level}.block.{at.Block}",
            UpAttention = at => $"up.{at.Level}.attn.{at.Block}",
            UpConvolution = at => $"up.{at.Level}.upsample.conv",
            Middle = ("mid.block_1", "mid.attn_1", "mid.block_2"),
            BlockParts = ["norm1", "conv1", "temb_proj", "norm2", "conv2", "nin_shortcut"],
            AttentionParts = ["norm", "q", "k", "v", "proj_out"],
        },
    };

    /// <summary>guided-diffusion and improved-diffusion: one flat list of entries each way, n + 1 of them a level.</summary>
    internal static CheckpointLayout Guided { get; } = new()
    {
        Name = "guided-diffusion",
        // Without the way up it is a classifier.
        Signature = ["time_embed.0.weight", "input_blocks.0.0.weight", "output_blocks.0.0.in_layers.0.weight"],
        Extent = GuidedExtent.Of,
        Constants = new()
        {
            NormEpsilon = 1e-5,
            DownsamplePadding = DownsamplePadding.BothSides,
            Time = new() { CosineFirst = true, FrequencyShift = 0 },
        },
        OneTensorForAttention = true,
        Names = new()
        {
            Time = ("time_embed.0", "time_embed.2"),
            Labels = "label_emb",
            FirstConvolution = "input_blocks.0.0",
            LastNorm = "out.0",
            LastConvolution = "out.2",
            DownBlock = at => $"input_blocks.{at.Level * (at.Blocks + 1) + at.Block + 1}.0",
            DownAttention = at => $"input_blocks.{at.Level * (at.Blocks + 1) + at.Block + 1}.1",
            DownConvolution = at => $"input_blocks.{(at.Level + 1) * (at.Blocks + 1)}.0.op",
            DownResampler = at => $"input_blocks.{(at.Level + 1) * (at.Blocks + 1)}.0",
            UpBlock = at => $"output_blocks.{at.Stage * (at.Blocks + 1) + at.Block}.0",
            UpAttention = at => $"output_blocks.{at.Stage * (at.Blocks + 1) + at.Block}.1",
            UpConvolution = at => $"output_blocks.{at.Stage * (at.Blocks + 1) + at.Blocks}.{(at.Attention ? 2 : 1)}.conv",
            UpResampler = at => $"output_blocks.{at.Stage * (at.Blocks + 1) + at.Blocks}.{(at.Attention ? 2 : 1)}",
            Middle = ("middle_block.0", "middle_block.1", "middle_block.2"),
            BlockParts = ["in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3", "skip_connection"],
            AttentionParts = ["norm", "qkv", "qkv", "qkv", "proj_out"],
        },
    };

    // The highest level and block among the blocks on the way down.
    private static (int Levels, int Blocks)? Indexed(IReadOnlyCollection<string> names, Regex block, int first = 0)
    {
        var found = names.Select(name => block.Match(name))
            .Where(match => match.Success)
            .Select(match => (Level: Number(match.Groups[1]), Block: Number(match.Groups[2])))
            .ToArray();
        return found.Length == 0 ? null : (found.Max(at => at.Level) - first + 1, found.Max(at => at.Block) - first + 1);
    }

    internal static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^down_blocks\.([0-9]{1,4})\.resnets\.([0-9]{1,4})\.")]
    private static partial Regex DiffusersBlock();

    [GeneratedRegex(@"^encoder\.resblock([0-9]{1,4})_([0-9]{1,4})\.")]
    private static partial Regex ReferenceBlock();

    [GeneratedRegex(@"^down\.([0-9]{1,4})\.block\.([0-9]{1,4})\.")]
    private static partial Regex HoBlock();
}
