using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>The activation inside residual blocks. The time embedding's layers and the output always use SiLU.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x), also called swish (Ramachandran et al. 2017); the paper's.</summary>
    SiLU,

    /// <summary>x · tanh(softplus(x)) (Misra 2019).</summary>
    Mish,

    /// <summary>x · Φ(x) in its exact form (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

internal static class ActivationFunctions
{
    internal static Tensor Apply(this Activation activation, Tensor x) => activation switch
    {
        Activation.SiLU => nn.functional.silu(x),
        Activation.Mish => Mish(x),
        Activation.Gelu => nn.functional.gelu(x),
        _ => nn.functional.relu(x),
    };

    // softplus(x) = -ln sigmoid(-x); TorchSharp's own mish gives libtorch numbers that may be freed meanwhile (Arithmetic).
    private static Tensor Mish(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * (-nn.functional.logsigmoid(-x)).tanh()).MoveToOuterDisposeScope();
    }
}
