using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>A trained row for each whole step, or for each class.</summary>
internal sealed class LearnedFeatures : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    internal LearnedFeatures(long rows, long features, Device? device)
        : base(nameof(LearnedFeatures))
    {
        weight = new Parameter(zeros(rows, features, device: device));
        RegisterComponents();
    }

    /// <param name="index">[N], 0 to rows - 1; fractions are cut off.</param>
    /// <returns>[N, features].</returns>
    public override Tensor forward(Tensor index)
    {
        using var scope = NewDisposeScope();
        // By indexing, not by index_select: the gradient of that adds in no fixed order on a GPU.
        return weight[TensorIndex.Tensor(index.to(ScalarType.Int64))].MoveToOuterDisposeScope();
    }
}
