namespace Ddpm.Networks;

/// <summary>
/// Layers and their weights are found by reflection over fields. An application that was trimmed or compiled ahead of time may have lost these: its
/// networks would have no weights, train nothing and draw noise without a word.
/// </summary>
internal static class UNetParts
{
    /// <param name="options">The network's.</param>
    /// <param name="found">The names of the weights that it found itself to have.</param>
    /// <exception cref="InvalidOperationException">Some are not there that a network with these options has, whatever else it has.</exception>
    internal static void Check(UNetOptions options, IEnumerable<string> found)
    {
        var names = found.ToHashSet(StringComparer.Ordinal);
        if (Sure(options).FirstOrDefault(name => !names.Contains(name)) is { } missing)
            throw new InvalidOperationException(
                $"This application cannot use a UNet: its weight {missing} was not found, of {names.Count} that were. Trimming or native AOT took "
                + "away the fields by which TorchSharp finds layers: publish with PublishTrimmed and PublishAot off, or keep the assemblies "
                + "TorchSharp, Ddpm.Core and Ddpm.Models whole (TrimmerRootAssembly).");
    }

    // At least one weight behind every field of every kind of layer.
    private static IEnumerable<string> Sure(UNetOptions options) =>
        Layers(options).SelectMany(layer => (string[])[layer + ".weight", layer + ".bias"])
            .Concat(options.Time.Kind == TimeEmbeddingKind.Sinusoidal ? [] : ["time_proj.weight"])
            .Concat(options.Labels?.Kind == LabelKind.Embedding ? ["class_embedding.weight"] : []);

    private static IEnumerable<string> Layers(UNetOptions options)
    {
        var (first, last) = ("down_blocks.0", "up_blocks.0");
        IEnumerable<string> layers =
        [
            "conv_in", "conv_norm_out", "time_embedding.linear_1", "time_embedding.linear_2",
            .. ResidualBlock(first + ".resnets.0"), .. ResidualBlock(last + ".resnets.0"), last + ".resnets.0.conv_shortcut",
        ];
        if (options.OutputBias)
            layers = layers.Append("conv_out");
        if (options.Labels?.Kind == LabelKind.Timestep)
            layers = layers.Concat(["class_embedding.linear_1", "class_embedding.linear_2"]);
        if (options.Middle.Blocks)
            layers = layers.Concat(ResidualBlock("mid_block.resnets.0"));
        if (options.Middle is { Blocks: true, Attention: true, NormGroups: not 0 })
            layers = layers.Concat(Attention("mid_block.attentions.0"));
        for (var level = 0; level < options.Levels; level++)
        {
            if (options.DownAttention(level))
                layers = layers.Concat(Attention($"down_blocks.{level}.attentions.0"));
            if (options.UpAttention(level))
                layers = layers.Concat(Attention($"up_blocks.{options.Levels - 1 - level}.attentions.0"));
        }
        for (var level = 0; level < options.Levels - 1; level++)
        {
            var (down, up) = ($"down_blocks.{level}.downsamplers.0", $"up_blocks.{options.Levels - 2 - level}.upsamplers.0");
            layers = layers.Concat(Resampler(down, options.Downsample(level), hasBias: true));
            layers = layers.Concat(Resampler(up, options.Upsample(level), options.UpsampleBias));
        }
        return layers;
    }

    private static IEnumerable<string> Resampler(string at, Resampling kind, bool hasBias) =>
        kind == Resampling.ResidualBlock ? ResidualBlock(at) : kind == Resampling.Convolution && hasBias ? [at + ".conv"] : [];

    private static IEnumerable<string> ResidualBlock(string at) =>
        from part in (string[])["norm1", "conv1", "time_emb_proj", "norm2", "conv2"] select $"{at}.{part}";

    private static IEnumerable<string> Attention(string at) =>
        from part in (string[])["group_norm", "to_q", "to_k", "to_v", "to_out.0"] select $"{at}.{part}";
}
