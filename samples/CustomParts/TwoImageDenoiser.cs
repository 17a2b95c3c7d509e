using Ddpm;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>A denoiser of one's own: the exact noise when the data set is two images, by Bayes' rule.</summary>
internal sealed class TwoImageDenoiser(DiffusionPath path, Tensor images) : IDenoiser
{
    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        var at = path.At((double)t[0].item<float>());
        var distance = (x.unsqueeze(1) - at.Alpha * images.unsqueeze(0)).square().sum([2, 3, 4]) / (2 * at.Sigma * at.Sigma);
        var x0 = (nn.functional.softmax(-distance, 1).view(-1, 2, 1, 1, 1) * images.unsqueeze(0)).sum(1);
        return ((x - at.Alpha * x0) / at.Sigma).MoveToOuterDisposeScope();
    }
}
