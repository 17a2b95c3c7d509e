using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// The options of a network, as far as the names and shapes of its weights tell them; the rest from its family and from the caller.
/// </summary>
internal static class NetworkShape
{
    /// <exception cref="DataFormatException">A weight that tells a width is missing, or of the wrong rank.</exception>
    /// <exception cref="ArgumentException">A setting must be given.</exception>
    internal static UNetOptions Infer(CheckpointWeights weights, PretrainedOptions given)
    {
        var layout = weights.Layout;
        if (layout.Constants is not { } constants)
            throw new ArgumentException(
                $"{weights.File}: a file of the {layout.Name} layout does not say how its network is made: "
                + "give the folder with its config.json, or the network's options.");
        if (layout.OneTensorForAttention && given.Heads is null && given.HeadWidth is null
            && weights.ByName.Keys.Any(name => name.Contains(".to_q.", StringComparison.Ordinal)))
            throw new ArgumentException(
                $"{weights.File}: a file of the {layout.Name} layout does not say how many heads its attention has: "
                + $"give {nameof(PretrainedOptions.Heads)}, or {nameof(PretrainedOptions.HeadWidth)}.");

        var levels = weights.Levels;
        var channels = Extent("conv_in.weight", 0);
        var size = given.ImageSize ?? UNetOptionsRules.UsualSize(levels);
        var features = Extent("time_embedding.linear_1.weight", 1);
        return constants with
        {
            Image = new(ImageChannels(), size.Height, size.Width),
            SelfConditioning = given.SelfConditioning,
            OutputChannels = Extent("conv_out.weight", 0),
            Channels = channels,
            Multipliers = [.. Enumerable.Range(0, levels).Select(i => (double)Extent($"down_blocks.{i}.resnets.0.conv1.weight", 0) / channels)],
            BlocksPerLevel = weights.Blocks,
            AttentionResolutions = Resolutions(level => $"down_blocks.{level}"),
            UpAttentionResolutions = Resolutions(level => $"up_blocks.{levels - 1 - level}"),
            Heads = given.Heads ?? 1,
            UpHeads = given.UpHeads,
            HeadWidth = given.HeadWidth,
            Groups = given.Groups ?? constants.Groups,
            NormEpsilon = given.NormEpsilon ?? constants.NormEpsilon,
            ScaleShift = Extent("down_blocks.0.resnets.0.time_emb_proj.weight", 0) == 2 * Extent("down_blocks.0.resnets.0.conv1.weight", 0),
            Downsampling = [.. Enumerable.Range(0, levels - 1).Select(i => Kind($"down_blocks.{i}.downsamplers.0"))],
            Upsampling = [.. Enumerable.Range(0, levels - 1).Select(i => Kind($"up_blocks.{levels - 2 - i}.upsamplers.0"))],
            UpsampleBias = Enumerable.Range(0, levels).Any(i => Has($"up_blocks.{i}.upsamplers.0.conv.bias")) || levels == 1,
            OutputBias = Has("conv_out.bias"),
            Time = constants.Time with { Features = features, Width = Extent("time_embedding.linear_1.weight", 0) },
            Middle = constants.Middle with
            {
                Blocks = Has("mid_block.resnets.0.conv1.weight"),
                Attention = Has("mid_block.attentions.0.to_q.weight"),
            },
            Labels = Has("class_embedding.weight") ? new() { Count = Extent("class_embedding.weight", 0) } : null,
        };

        int ImageChannels()
        {
            var seen = Extent("conv_in.weight", 1);
            return !given.SelfConditioning ? seen : seen % 2 == 0 ? seen / 2
                : throw new DataFormatException(
                    weights.File, null, $"a self-conditioned network must see an even number of channels, but sees {seen}");
        }

        bool Has(string name) => weights.ByName.ContainsKey(name);

        int Extent(string name, int axis) =>
            weights.ByName.TryGetValue(name, out var weight) && axis < weight.Shape.Count && weight.Shape[axis] is > 0 and <= int.MaxValue
                ? (int)weight.Shape[axis]
                : throw new DataFormatException(weights.File, null, $"'{name}' must be there and have at least {axis + 1} extents, but does not");

        Resampling Kind(string sampler) =>
            Has($"{sampler}.conv.weight") ? Resampling.Convolution : Has($"{sampler}.conv1.weight") ? Resampling.ResidualBlock : Resampling.Plain;

        int[] Resolutions(Func<int, string> level) =>
            [.. Enumerable.Range(0, levels).Where(i => Has($"{level(i)}.attentions.0.to_q.weight")).Select(i => size.Height >> i)];
    }
}
