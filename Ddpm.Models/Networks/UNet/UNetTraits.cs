using Ddpm.Parameterizations;

namespace Ddpm.Networks;

/// <summary>What a network of some options is; known before it is made.</summary>
internal static class UNetTraits
{
    internal static NetworkTraits Traits(this UNetOptions options) => new()
    {
        Image = options.Image,
        Classes = options.Labels?.Kind switch
        {
            LabelKind.Embedding => options.Labels.Count,
            LabelKind.Timestep => options.Time.Kind == TimeEmbeddingKind.Learned ? options.Time.Steps : int.MaxValue,
            _ => 0,
        },
        NullClass = options.Labels is { NullClass: true, Count: var count } ? count : null,
        EmbeddingWidth = options.Labels?.Kind == LabelKind.Identity ? options.TimeWidth : 0,
        ConditionChannels = options.ConditionChannels,
        TakesEstimate = options.SelfConditioning,
        OutputChannels = options.OutputChannels ?? options.Image.Channels,
        Time = Time(options.Time),
        Layout = options.HasWholeBlocks ? ConvolutionLayout.ChannelsLastInBlocks : ConvolutionLayout.ChannelsLast,
    };

    private static TimeRange? Time(TimeEmbeddingOptions time) => time.Kind switch
    {
        TimeEmbeddingKind.Fourier => new(
            double.Epsilon, double.PositiveInfinity,
            "A network with Fourier features of time takes the logarithm of what it is told, which must be above 0, as the noise level is that "
            + $"{nameof(TimeConditioning)}.{nameof(TimeConditioning.Rho)} tells"),
        TimeEmbeddingKind.Learned => new(
            0, Math.BitDecrement((double)time.Steps),
            $"A network with a trained row for each step must be told one of its {time.Steps}, from 0 to {time.Steps - 1}"),
        _ => null,
    };
}
