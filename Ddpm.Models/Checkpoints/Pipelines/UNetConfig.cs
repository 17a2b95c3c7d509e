using Ddpm.Networks;

namespace Ddpm;

/// <summary>A UNet2DModel's config.json as options, every field with its default.</summary>
internal static class UNetConfig
{
    private static readonly string[] DefaultDown = ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"];
    private static readonly string[] DefaultUp = ["AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"];

    internal static UNetOptions Read(PipelineConfig config, PretrainedOptions given)
    {
        var widths = config.Integers("block_out_channels", [224, 448, 672, 896])!;
        var levels = widths.Count;
        if (levels is 0 or > UNetOptionsRules.MostLevels || widths.Any(width => width < 1))
            throw config.Wrong("block_out_channels", $"1 to {UNetOptionsRules.MostLevels} widths of at least 1");
        var trained = Size(config);
        var (height, width) = given.ImageSize ?? trained ?? UNetOptionsRules.UsualSize(levels);
        var down = Blocks(
            config, "down_block_types", DefaultDown, levels, Resampler("downsample_type"),
            ("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D"));
        var up = Blocks(
            config, "up_block_types", DefaultUp, levels, Resampler("upsample_type"),
            ("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D")).Reverse().ToArray();
        var scaleShift = config.Choice("resnet_time_scale_shift", "default", ("default", false), ("scale_shift", true));
        return new UNetOptions
        {
            Image = new(config.Integer("in_channels", 3), height, width),
            OutputChannels = config.Integer("out_channels", 3),
            Channels = widths[0],
            Multipliers = [.. widths.Select(each => (double)each / widths[0])],
            BlocksPerLevel = config.Integer("layers_per_block", 2),
            AttentionResolutions = Resolutions(down),
            UpAttentionResolutions = Resolutions(up),
            HeadWidth = config.IntegerOrNull("attention_head_dim", 8),
            Groups = config.Integer("norm_num_groups", 32),
            NormEpsilon = config.Number("norm_eps", 1e-5),
            Activation = config.Choice("act_fn", "silu", PipelineNames.Activations),
            Dropout = config.Number("dropout", 0),
            ScaleShift = scaleShift,
            Downsampling = [.. down.Take(levels - 1).Select(block => block.Resampling)],
            Upsampling = [.. up.Skip(1).Select(block => block.Resampling)],
            DownsamplePadding = config.Integer("downsample_padding", 1) switch
            {
                0 => DownsamplePadding.AfterEnd,
                1 => DownsamplePadding.BothSides,
                _ => throw config.Wrong("downsample_padding", "0 or 1"),
            },
            CenterInput = config.Flag("center_input_sample", false),
            Time = Time(config),
            Middle = new()
            {
                Blocks = config.Choice("mid_block_type", "UNetMidBlock2D", ("UNetMidBlock2D", true), (null, false)),
                Attention = config.Flag("add_attention", true),
                NormGroups = MiddleGroups(config) ?? (scaleShift ? 0 : null),
                Scale = config.Number("mid_block_scale_factor", 1),
            },
            Labels = Labels(config),
        };

        Resampling Resampler(string name) =>
            config.Choice(name, "conv", ("conv", Resampling.Convolution), (null, Resampling.Convolution), ("resnet", Resampling.ResidualBlock));

        int[] Resolutions(IReadOnlyList<(bool Attention, Resampling)> blocks) =>
            [.. Enumerable.Range(0, levels).Where(level => blocks[level].Attention).Select(level => height >> level)];
    }

    private static (int, int)? Size(PipelineConfig config)
    {
        if (!config.IsList("sample_size"))
            return config.IntegerOrNull("sample_size", null) is { } edge ? (edge, edge) : null;
        return config.Integers("sample_size", null) is [var height, var width]
            ? (height, width)
            : throw config.Wrong("sample_size", "a number, or height and width");
    }

    private static (bool Attention, Resampling Resampling)[] Blocks(
        PipelineConfig config, string name, IReadOnlyList<string> fallback, int levels, Resampling ofAttention,
        (string Plain, string Attention, string Residual) names)
    {
        var blocks = config.Texts(name, fallback);
        if (blocks.Count != levels)
            throw config.Wrong(name, $"{levels} blocks, as many as block_out_channels");
        return [.. blocks.Select(block => block.StartsWith("UNetRes", StringComparison.Ordinal) ? block["UNetRes".Length..] : block).Select(block =>
            block == names.Plain ? (false, Resampling.Convolution)
            : block == names.Attention ? (true, ofAttention)
            : block == names.Residual ? (false, Resampling.ResidualBlock)
            : throw config.Wrong(name, $"of {names.Plain}, {names.Attention} and {names.Residual} (others are other networks)"))];
    }

    private static int? MiddleGroups(PipelineConfig config)
    {
        var groups = config.IntegerOrNull("attn_norm_num_groups", null);
        return groups is not < 1 ? groups : throw config.Wrong("attn_norm_num_groups", "at least 1, or null");
    }

    private static TimeEmbeddingOptions Time(PipelineConfig config)
    {
        var kind = config.Choice("time_embedding_type", "positional", PipelineNames.TimeEmbeddings);
        var steps = config.IntegerOrNull("num_train_timesteps", null);
        if (kind == TimeEmbeddingKind.Learned && steps is null)
            throw config.Wrong("num_train_timesteps", "given for a learned time embedding");
        return new()
        {
            Kind = kind,
            CosineFirst = config.Flag("flip_sin_to_cos", true),
            FrequencyShift = config.Number("freq_shift", 0),
            Width = config.IntegerOrNull("time_embedding_dim", null),
            // It is a matter of the learned kind alone; other networks' descriptions may have it too.
            Steps = kind == TimeEmbeddingKind.Learned ? steps!.Value : new TimeEmbeddingOptions().Steps,
        };
    }

    private static LabelOptions? Labels(PipelineConfig config)
    {
        var count = config.IntegerOrNull("num_class_embeds", null);
        return config.Choice("class_embed_type", null, PipelineNames.Labels) is { } kind
            ? new() { Kind = kind, Count = count ?? 1 }
            : count is { } classes ? new() { Count = classes } : null;
    }
}
