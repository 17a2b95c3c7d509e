namespace Ddpm.Tests.Models.Compiled;

/// <summary>Networks that differ in everything that changes what a UNet computes, by what is special about them.</summary>
internal static class CompiledOptions
{
    private static readonly UNetOptions Usual = UNetOptions.Tiny with { Channels = 16, AttentionResolutions = [8] };

    private static readonly UNetOptions Deep = Usual with { Multipliers = [1, 2, 3], Groups = 4 };

    internal static readonly (string Name, UNetOptions Options)[] All =
    [
        ("usual", Usual),
        ("tiny", UNetOptions.Tiny),
        ("one level", Usual with { Multipliers = [2], AttentionResolutions = [16] }),
        ("deep", Deep with { BlocksPerLevel = 3 }),
        ("scale and shift", Usual with { ScaleShift = true }),
        ("heads", Usual with { Heads = 4, AttentionResolutions = [16, 8] }),
        ("heads on the way up", Usual with { Heads = 2, UpHeads = 8 }),
        ("head width", Usual with { HeadWidth = 5, AttentionResolutions = [16, 8] }),
        ("attention on the way up", Usual with { AttentionResolutions = [], UpAttentionResolutions = [16] }),
        ("resampling by blocks", Usual with { Downsampling = [Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock] }),
        ("resampling by blocks, scale and shift",
            Usual with { Downsampling = [Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock], ScaleShift = true }),
        ("plain resampling", Usual with { Downsampling = [Resampling.Plain], Upsampling = [Resampling.Plain] }),
        ("mixed resampling", Deep with
        {
            Downsampling = [Resampling.Plain, Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock, Resampling.Convolution],
        }),
        ("padding on both sides", Deep with { DownsamplePadding = DownsamplePadding.BothSides }),
        ("no middle", Usual with { Middle = new() { Blocks = false } }),
        ("no attention", Usual with { AttentionResolutions = [], Middle = new() { Attention = false } }),
        ("scaled middle", Usual with { Middle = new() { Scale = Math.Sqrt(2) } }),
        ("middle without norm", Usual with { Middle = new() { NormGroups = 0 } }),
        ("groups of the middle", Usual with { Middle = new() { NormGroups = 2, Scale = 1.5 } }),
        ("large epsilon", Usual with { NormEpsilon = 0.1, Groups = 1 }),
        ("no biases", Usual with { UpsampleBias = false, OutputBias = false }),
        ("learned variance", Usual with { OutputChannels = 6 }),
        ("one channel", Usual with { Image = new(1, 16, 16) }),
        ("five channels", Usual with { Image = new(5, 16, 16) }),
        ("wide images", Usual with { Image = new(3, 8, 20) }),
        ("odd sizes", Usual with { Image = new(3, 6, 10), AttentionResolutions = [6, 3] }),
        ("down to one line", Deep with { Image = new(3, 4, 12), AttentionResolutions = [2, 1] }),
        ("down to one pixel", Deep with { Image = new(2, 4, 4), AttentionResolutions = [1] }),
        ("widths 40 and 48", Usual with { Channels = 8, Multipliers = [5, 6] }),
        ("narrow, then wide", Usual with { Channels = 32, Multipliers = [0.5, 1.25] }),
        ("classes", Usual with { Labels = new() }),
        ("classes and none", Usual with { Labels = new() { Count = 3, NullClass = true }, ScaleShift = true }),
        ("numbers as labels", Usual with { Labels = new() { Kind = LabelKind.Timestep } }),
        ("embeddings", Usual with { Labels = new() { Kind = LabelKind.Identity } }),
        ("self-conditioning", Usual with { SelfConditioning = true }),
        ("condition image", Usual with { ConditionChannels = 2 }),
        ("everything beside x", Usual with { SelfConditioning = true, ConditionChannels = 1, CenterInput = true, Labels = new() }),
        ("centred input", Usual with { CenterInput = true }),
        ("Fourier features", Usual with { Time = new() { Kind = TimeEmbeddingKind.Fourier } }),
        ("learned steps", Usual with { Time = new() { Kind = TimeEmbeddingKind.Learned } }),
        ("other time", Usual with { Time = new() { Features = 9, Width = 21, CosineFirst = true, FrequencyShift = 0 } }),
    ];

    internal static IEnumerable<TestCaseData> Cases =>
        from network in All
        from images in (int[])[1, 3]
        select new TestCaseData(network.Options, images).SetArgDisplayNames(network.Name, $"{images}");
}
