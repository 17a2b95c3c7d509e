namespace Ddpm;

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
                $"This application cannot use a UNet: its weight {missing} was not found, of {names.Count} that were. Trimming or native AOT took away the "
                + "fields by which TorchSharp finds layers: publish with PublishTrimmed and PublishAot off, or keep the assemblies TorchSharp, Ddpm.Core "
                + "and Ddpm.Models whole (TrimmerRootAssembly).");
    }

    // At least one weight of every kind of layer.
    private static IEnumerable<string> Sure(UNetOptions options)
    {
        yield return "conv_in.weight";
        yield return "conv_norm_out.bias";
        yield return "conv_out.weight";
        yield return "time_embedding.linear_1.weight";
        foreach (var part in (string[])["norm1.weight", "conv1.weight", "time_emb_proj.weight", "norm2.bias", "conv2.bias"])
        {
            yield return "down_blocks.0.resnets.0." + part;
            yield return "up_blocks.0.resnets.0." + part;
        }
        if (options.Time.Kind != TimeEmbeddingKind.Sinusoidal)
            yield return "time_proj.weight";
        if (options.Labels?.Kind == LabelKind.Embedding)
            yield return "class_embedding.weight";
        if (options.Labels?.Kind == LabelKind.Timestep)
            yield return "class_embedding.linear_1.weight";
        for (var level = 0; level < options.Levels; level++)
            if (options.DownAttention(level))
                yield return $"down_blocks.{level}.attentions.0.to_out.0.weight";
        if (options.Middle.Blocks)
            yield return "mid_block.resnets.1.conv2.weight";
        if (options.Middle is { Blocks: true, Attention: true })
            yield return "mid_block.attentions.0.to_q.weight";
        for (var level = 0; level < options.Levels - 1; level++)
        {
            if (options.Downsample(level) == Resampling.Convolution)
                yield return $"down_blocks.{level}.downsamplers.0.conv.weight";
            if (options.Upsample(level) == Resampling.Convolution)
                yield return $"up_blocks.{options.Levels - 2 - level}.upsamplers.0.conv.weight";
        }
    }
}
