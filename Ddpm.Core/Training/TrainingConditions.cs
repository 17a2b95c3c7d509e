using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What a network in training is given of each image: labels or an embedding of the data set, some of them dropped, and an image.</summary>
internal sealed class TrainingConditions
{
    private readonly NetworkTraits traits;
    private readonly IImageDataset data;
    private readonly TrainingOptions options;
    private readonly IReadOnlyList<int>? labels;

    /// <exception cref="ArgumentException">The data or the options lack what the network needs, or have what it does not take.</exception>
    internal TrainingConditions(NetworkTraits traits, IImageDataset data, TrainingOptions options)
    {
        (this.traits, this.data, this.options) = (traits, data, options);
        labels = ClassLabels.OfData(traits, data);
        if (options.LabelDropout > 0 && traits is { NullClass: null, EmbeddingWidth: 0 })
            throw new ArgumentException(
                $"Label dropout needs a network with a null class, but it has none and the dropout is {options.LabelDropout}.", nameof(options));
        if (traits.EmbeddingWidth > 0 && data.EmbeddingWidth != traits.EmbeddingWidth)
            throw new ArgumentException(
                $"The network takes embeddings of {traits.EmbeddingWidth} numbers, so the data set must have such, but its width is "
                + $"{data.EmbeddingWidth}.", nameof(data));
        if (traits.ConditionChannels > 0 != options.ConditionImage is not null)
            throw new ArgumentException(
                $"{nameof(TrainingOptions.ConditionImage)} must be given for networks that see an image beside x, and for no others, but this one "
                + $"sees {traits.ConditionChannels} channels and it {(options.ConditionImage is null ? "is not" : "is")} given.", nameof(options));
    }

    /// <param name="indices">Images, all of a batch or a part of one.</param>
    /// <param name="draw">The step.</param>
    /// <param name="first">The place of the first image in the batch.</param>
    /// <param name="x0">The images.</param>
    /// <returns>In the caller's dispose scope; null: nothing.</returns>
    internal Conditioning? Of(ReadOnlySpan<int> indices, int draw, int first, Tensor x0)
    {
        var given = new Conditioning
        {
            Labels = labels is null ? null : ClassLabels.ToTensor(Labels(indices, draw, first), x0.device),
            Embedding = traits.EmbeddingWidth == 0 ? null : Embeddings(indices, draw, first, x0.device),
            Image = options.ConditionImage?.Invoke(x0),
        };
        return given.IsEmpty ? null : given;
    }

    private int[] Labels(ReadOnlySpan<int> indices, int draw, int first)
    {
        var drawn = new int[indices.Length];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = IsDropped(draw, first + i) ? traits.NullClass!.Value : labels![indices[i]];
        return drawn;
    }

    private Tensor Embeddings(ReadOnlySpan<int> indices, int draw, int first, Device device)
    {
        var width = traits.EmbeddingWidth;
        var numbers = new float[checked(indices.Length * width)];
        for (var i = 0; i < indices.Length; i++)
            if (!IsDropped(draw, first + i))
                data.CopyEmbedding(indices[i], numbers.AsSpan(i * width, width));
        return Upload.To(tensor(numbers, [indices.Length, width]), device);
    }

    private bool IsDropped(int draw, int place) =>
        options.LabelDropout > 0 && TrainingDraws.DropsCondition(options.Seed, draw, place, options.LabelDropout);
}
