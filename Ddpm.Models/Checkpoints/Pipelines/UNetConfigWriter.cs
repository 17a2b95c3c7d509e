using Ddpm.Networks;

namespace Ddpm;

/// <summary>Options as a UNet2DModel's config.json.</summary>
internal static class UNetConfigWriter
{
    /// <summary>The entries in the order of the file.</summary>
    /// <exception cref="InvalidOperationException">A UNet2DModel cannot be so; the message lists every reason.</exception>
    internal static IReadOnlyDictionary<string, object?> Write(UNetOptions options)
    {
        var faults = Faults(options).ToArray();
        if (faults.Length > 0)
            throw new InvalidOperationException("A diffusers pipeline cannot hold this network: " + string.Join(" ", faults));
        var levels = Enumerable.Range(0, options.Levels).ToArray();
        return new Dictionary<string, object?>
        {
            ["_class_name"] = "UNet2DModel",
            ["act_fn"] = PipelineNames.Activations.Of(options.Activation),
            ["add_attention"] = options.Middle.Attention,
            ["attention_head_dim"] = HeadWidth(options),
            ["attn_norm_num_groups"] = MiddleGroups(options),
            ["block_out_channels"] = levels.Select(options.Width),
            ["center_input_sample"] = options.CenterInput,
            ["class_embed_type"] = PipelineNames.Labels.Of(options.Labels?.Kind),
            ["down_block_types"] = levels.Select(level =>
                Block("Down", options.DownAttention(level), level < levels[^1] && options.Downsample(level) == Resampling.ResidualBlock)),
            ["downsample_padding"] = options.DownsamplePadding == DownsamplePadding.AfterEnd ? 0 : 1,
            ["downsample_type"] = Type(Steps(options, options.DownAttention, level => level, options.Downsample)),
            ["dropout"] = options.Dropout,
            ["flip_sin_to_cos"] = options.Time.CosineFirst,
            ["freq_shift"] = options.Time.FrequencyShift,
            ["in_channels"] = options.Image.Channels,
            ["layers_per_block"] = options.BlocksPerLevel,
            ["mid_block_scale_factor"] = options.Middle.Scale,
            ["mid_block_type"] = options.Middle.Blocks ? "UNetMidBlock2D" : null,
            ["norm_eps"] = options.NormEpsilon,
            ["norm_num_groups"] = options.Groups,
            ["num_class_embeds"] = options.Labels?.Rows,
            ["num_train_timesteps"] = options.Time.Kind == TimeEmbeddingKind.Learned ? options.Time.Steps : null,
            ["out_channels"] = options.OutputChannels ?? options.Image.Channels,
            ["resnet_time_scale_shift"] = options.ScaleShift ? "scale_shift" : "default",
            ["sample_size"] = new[] { options.Image.Height, options.Image.Width },
            ["time_embedding_dim"] = options.Time.Width,
            ["time_embedding_type"] = PipelineNames.TimeEmbeddings.Of(options.Time.Kind),
            ["up_block_types"] = levels.Reverse().Select(level =>
                Block("Up", options.UpAttention(level), level > 0 && options.Upsample(level - 1) == Resampling.ResidualBlock)),
            ["upsample_type"] = Type(Steps(options, options.UpAttention, level => level - 1, options.Upsample)),
        };
    }

    private static IEnumerable<string> Faults(UNetOptions options)
    {
        if (options.SelfConditioning)
            yield return "it must see x alone, but is self-conditioned: shown an estimate of x_0 too.";
        if (options.ConditionChannels > 0)
            yield return $"it must see x alone, but sees an image of {options.ConditionChannels} channels too.";
        if (options.Width(0) != options.Channels)
            yield return $"its first convolution and its full-size level must be of one width, but are of {options.Channels} and {options.Width(0)}.";
        if (options.TimeFeatures != options.Channels)
            yield return "its time features must be as many as the first convolution's channels, "
                + $"but are {options.TimeFeatures} and {options.Channels}.";
        if (options.HeadWidth is null && options.Attentions().Any(each => each.Heads > 1)
            && options.Attentions().Select(each => each.Width / each.Heads).Distinct().Count() > 1)
            yield return "all its attention heads must be of one width, or there must be one head everywhere.";
        if (options.Middle is { Blocks: true, Attention: true, NormGroups: 0 } && !options.ScaleShift)
            yield return "its middle attention must have a norm unless the time scales and shifts.";
        if (Steps(options, options.DownAttention, level => level, options.Downsample).Distinct().Count() > 1
            || Steps(options, options.UpAttention, level => level - 1, options.Upsample).Distinct().Count() > 1)
            yield return "all its levels with attention must be left in one way, by convolution or by residual block.";
    }

    // With scale and shift no number means no norm, else the network's groups.
    private static int? MiddleGroups(UNetOptions options) =>
        options.Middle.NormGroups switch { 0 => null, null when options.ScaleShift => options.Groups, var groups => groups };

    private static int? HeadWidth(UNetOptions options) =>
        options.HeadWidth ?? (options.Attentions().All(each => each.Heads == 1)
            ? null
            : options.Attentions().Select(each => (int?)(each.Width / each.Heads)).First());

    // How the levels with attention are left, as a pipeline sees it: without weights becomes a convolution.
    private static IEnumerable<bool> Steps(UNetOptions options, Func<int, bool> attention, Func<int, int> step, Func<int, Resampling> kind) =>
        Enumerable.Range(0, options.Levels).Where(level => attention(level) && step(level) >= 0 && step(level) < options.Levels - 1)
            .Select(level => kind(step(level)) == Resampling.ResidualBlock);

    private static string Type(IEnumerable<bool> residual) => residual.Any(each => each) ? "resnet" : "conv";

    private static string Block(string way, bool attention, bool residual) =>
        attention ? $"Attn{way}Block2D" : residual ? $"Resnet{way}sampleBlock2D" : $"{way}Block2D";
}
