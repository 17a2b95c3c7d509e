using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>The smallest network that can be trained: a 3x3 convolution of x, told t as a bias.</summary>
internal sealed class TinyNetwork : nn.Module, IDenoiser
{
    private readonly TorchSharp.Modules.Conv2d conv = nn.Conv2d(3, 3, kernel_size: 3, padding: 1);

    internal TinyNetwork()
        : base(nameof(TinyNetwork))
    {
        RegisterComponents();
        using var noGrad = no_grad();
        foreach (var parameter in parameters())
            parameter.zero_();
    }

    /// <summary>Whether it was in training mode when it was last asked.</summary>
    internal bool WasTraining { get; private set; }

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        WasTraining = training;
        using var scope = NewDisposeScope();
        return (conv.forward(x) + 0.001 * t.view(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }
}
