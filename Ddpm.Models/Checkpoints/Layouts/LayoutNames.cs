namespace Ddpm;

/// <summary>How a family of checkpoints names the parts of the one network: a table from our names to theirs.</summary>
internal sealed record LayoutNames
{
    /// <summary>Both linear layers of the time embedding.</summary>
    public required (string First, string Second) Time { get; init; }

    /// <summary>What turns t into features, where that has weights.</summary>
    public string? TimeFeatures { get; init; }

    /// <summary>A row a class.</summary>
    public string? Labels { get; init; }

    /// <summary>Both linear layers of labels that are embedded as steps are.</summary>
    public (string First, string Second)? LabelLayers { get; init; }

    public required string FirstConvolution { get; init; }

    public required string LastNorm { get; init; }

    public required string LastConvolution { get; init; }

    public required Func<BlockPosition, string> DownBlock { get; init; }

    public required Func<BlockPosition, string> DownAttention { get; init; }

    public required Func<BlockPosition, string> DownConvolution { get; init; }

    public Func<BlockPosition, string>? DownResampler { get; init; }

    public required Func<BlockPosition, string> UpBlock { get; init; }

    public required Func<BlockPosition, string> UpAttention { get; init; }

    public required Func<BlockPosition, string> UpConvolution { get; init; }

    public Func<BlockPosition, string>? UpResampler { get; init; }

    /// <summary>Block, attention, block.</summary>
    public required (string First, string Attention, string Second) Middle { get; init; }

    /// <summary>Names for <see cref="OurBlockParts"/>.</summary>
    public IReadOnlyList<string> BlockParts { get; init; } = OurBlockParts;

    /// <summary>Names for <see cref="OurAttentionParts"/>. Query, key and value may share one name.</summary>
    public IReadOnlyList<string> AttentionParts { get; init; } = OurAttentionParts;

    /// <summary>Names that older files have in their place.</summary>
    public IReadOnlyList<string>? OlderAttentionParts { get; init; }

    internal static readonly string[] OurBlockParts = ["norm1", "conv1", "time_emb_proj", "norm2", "conv2", "conv_shortcut"];

    internal static readonly string[] OurAttentionParts = ["group_norm", "to_q", "to_k", "to_v", "to_out.0"];

    /// <summary>Every name that a weight of such a network can have: ours and theirs. Some of theirs are alternatives for the same weight.</summary>
    internal IEnumerable<(string Ours, string Theirs)> All(int levels, int blocks) =>
        from module in Modules(levels, blocks).Distinct()
        from parameter in (string[])["weight", "bias"]
        select ($"{module.Ours}.{parameter}", $"{module.Theirs}.{parameter}");

    private List<(string Ours, string Theirs)> Modules(int levels, int blocks)
    {
        var modules = new List<(string, string)>
        {
            ("time_embedding.linear_1", Time.First), ("time_embedding.linear_2", Time.Second),
            ("conv_in", FirstConvolution), ("conv_norm_out", LastNorm), ("conv_out", LastConvolution),
        };
        if (TimeFeatures is not null)
            modules.Add(("time_proj", TimeFeatures));
        if (Labels is not null)
            modules.Add(("class_embedding", Labels));
        if (LabelLayers is { } layers)
            modules.AddRange([("class_embedding.linear_1", layers.First), ("class_embedding.linear_2", layers.Second)]);
        modules.AddRange(Block("mid_block.resnets.0", Middle.First));
        modules.AddRange(AttentionBlock("mid_block.attentions.0", Middle.Attention));
        modules.AddRange(Block("mid_block.resnets.1", Middle.Second));
        for (var level = 0; level < levels; level++)
            modules.AddRange([.. Down(new(levels, blocks, level)), .. Up(new(levels, blocks, level))]);
        return modules;
    }

    private IEnumerable<(string, string)> Down(BlockPosition level)
    {
        var ours = $"down_blocks.{level.Level}";
        for (var i = 0; i < level.Blocks; i++)
        {
            var at = level with { Block = i };
            foreach (var part in Block($"{ours}.resnets.{i}", DownBlock(at)).Concat(AttentionBlock($"{ours}.attentions.{i}", DownAttention(at))))
                yield return part;
        }
        yield return ($"{ours}.downsamplers.0.conv", DownConvolution(level));
        if (DownResampler is not null)
            foreach (var part in Block($"{ours}.downsamplers.0", DownResampler(level)))
                yield return part;
    }

    private IEnumerable<(string, string)> Up(BlockPosition level)
    {
        var ours = $"up_blocks.{level.Stage}";
        for (var i = 0; i <= level.Blocks; i++)
        {
            var at = level with { Block = i };
            foreach (var part in Block($"{ours}.resnets.{i}", UpBlock(at)).Concat(AttentionBlock($"{ours}.attentions.{i}", UpAttention(at))))
                yield return part;
        }
        foreach (var at in (BlockPosition[])[level, level with { Attention = true }])
        {
            yield return ($"{ours}.upsamplers.0.conv", UpConvolution(at));
            if (UpResampler is not null)
                foreach (var part in Block($"{ours}.upsamplers.0", UpResampler(at)))
                    yield return part;
        }
    }

    private IEnumerable<(string, string)> Block(string ours, string theirs) =>
        OurBlockParts.Zip(BlockParts, (our, their) => ($"{ours}.{our}", $"{theirs}.{their}"));

    private IEnumerable<(string, string)> AttentionBlock(string ours, string theirs) =>
        (OlderAttentionParts is null ? [AttentionParts] : new[] { AttentionParts, OlderAttentionParts })
            .SelectMany(parts => OurAttentionParts.Zip(parts, (our, their) => ($"{ours}.{our}", $"{theirs}.{their}")));
}
