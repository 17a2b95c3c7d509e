using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// What a network is given besides x and t, image by image. Each part may be null: not given. The tensors stay the caller's and are on the network's
/// device.
/// </summary>
public sealed record Conditioning
{
    /// <summary>The class of each image, int64 [N].</summary>
    public Tensor? Labels { get; init; }

    /// <summary>An embedding of each image's condition, float [N, width] (<see cref="NetworkTraits.EmbeddingWidth"/>): of a text, say.</summary>
    public Tensor? Embedding { get; init; }

    /// <summary>
    /// An estimate of x_0, [N, C, H, W], about -1 to 1, without gradient: while sampling, what the network said in the evaluation before (Chen, Zhang
    /// and Hinton 2022, "Analog Bits", section 3.2, self-conditioning).
    /// </summary>
    public Tensor? Estimate { get; init; }

    /// <summary>
    /// An image that the network sees beside x, [N, <see cref="NetworkTraits.ConditionChannels"/>, H, W] (Saharia et al. 2022, SR3 and Palette): the
    /// small picture to enlarge, the grey one to colour.
    /// </summary>
    public Tensor? Image { get; init; }

    /// <summary>Whether nothing is given.</summary>
    internal bool IsEmpty => Labels is null && Embedding is null && Estimate is null && Image is null;

    /// <summary>This one's images, then another's; both give the same parts. It belongs to the caller's dispose scope.</summary>
    internal Conditioning Concat(Conditioning other)
    {
        static Tensor? Both(Tensor? first, Tensor? second) => first is null || second is null ? null : cat([first, second]);
        return new()
        {
            Labels = Both(Labels, other.Labels),
            Embedding = Both(Embedding, other.Embedding),
            Estimate = Both(Estimate, other.Estimate),
            Image = Both(Image, other.Image),
        };
    }

    /// <summary>The same for some of the images; views, which belong to the caller's dispose scope.</summary>
    internal Conditioning Narrow(long first, long count) => Map(each => each.narrow(0, first, count));

    /// <summary>Frees every tensor: for who made them.</summary>
    internal void Dispose()
    {
        Labels?.Dispose();
        Embedding?.Dispose();
        Estimate?.Dispose();
        Image?.Dispose();
    }

    /// <summary>Each tensor by a function.</summary>
    internal Conditioning Map(Func<Tensor, Tensor> map)
    {
        Tensor? Mapped(Tensor? tensor) => tensor is null ? null : map(tensor);
        return new() { Labels = Mapped(Labels), Embedding = Mapped(Embedding), Estimate = Mapped(Estimate), Image = Mapped(Image) };
    }
}
