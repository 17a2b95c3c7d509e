using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Linear, SiLU, linear: from features of a step or a label to the embedding that every block sees.</summary>
internal sealed class EmbeddingLayers : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear_1, linear_2;

    internal EmbeddingLayers(UNetOptions options, Device? device)
        : base(nameof(EmbeddingLayers))
    {
        var features = options.Time.Kind == TimeEmbeddingKind.Fourier ? 2L * options.TimeFeatures : options.TimeFeatures;
        linear_1 = nn.Linear(features, options.TimeWidth, device: device);
        linear_2 = nn.Linear(options.TimeWidth, options.TimeWidth, device: device);
        RegisterComponents();
    }

    /// <param name="features">[N, features]; float32 whatever the weights are, so that no digits of the step are lost before.</param>
    /// <returns>[N, time width], of the weights' type.</returns>
    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        return linear_2.call(nn.functional.silu(linear_1.call(features.to(linear_1.weight!.dtype)))).MoveToOuterDisposeScope();
    }
}
