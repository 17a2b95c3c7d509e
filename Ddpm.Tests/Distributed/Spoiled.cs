using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>A network that may predict what is no number.</summary>
internal sealed class Spoiled(IDenoiser inner, bool isSpoiled) : DelegatingDenoiser(inner)
{
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var said = base.Predict(x, t, conditioning);
        return said * (isSpoiled ? double.NaN : 1);
    }
}
