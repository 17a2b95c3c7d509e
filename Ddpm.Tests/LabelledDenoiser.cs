using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>A denoiser with classes that is a formula of x and, by image, of t and the label [N, 1, 1, 1]. It remembers what it was asked.</summary>
internal sealed class LabelledDenoiser(int classes, bool hasNullClass, Func<Tensor, Tensor, Tensor, Tensor> formula) : IDenoiser
{
    public int Classes => classes;

    public int? NullClass => hasNullClass ? classes : null;

    /// <summary>The labels of every call.</summary>
    internal List<long[]> Asked { get; } = [];

    public NetworkTraits Traits => new() { Classes = Classes, NullClass = NullClass };

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels;
        Asked.Add(labels!.data<long>().ToArray());
        using var scope = NewDisposeScope();
        return formula(x, t.view(-1, 1, 1, 1), labels!.to(x.dtype).view(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>ε of x_t when x_0 ~ N(mean, deviation²) with the mean 0.2 (label + 1) of its class and 0 of the null class, exactly.</summary>
    internal static LabelledDenoiser OfGaussians(DiffusionPath path, int classes, double deviation) => new(classes, true, (x, t, label) =>
    {
        var at = path.At((double)t.flatten()[0].item<float>());
        var mean = 0.2 * (label + 1) * label.ne(classes).to(x.dtype);
        return (x - at.Alpha * mean) * (at.Sigma / (at.AlphaBar * deviation * deviation + at.Sigma * at.Sigma));
    });
}
