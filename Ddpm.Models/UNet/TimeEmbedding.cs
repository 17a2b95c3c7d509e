using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>[sin, cos] of t times a falling row of frequencies (Vaswani et al. 2017), then two linear layers.</summary>
internal sealed class TimeEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear_1, linear_2;

    internal TimeEmbedding(long channels)
        : base(nameof(TimeEmbedding))
    {
        linear_1 = nn.Linear(channels, 4 * channels);
        linear_2 = nn.Linear(4 * channels, 4 * channels);
        register_buffer("frequencies", Frequencies(channels / 2), persistent: false);
        RegisterComponents();
    }

    /// <param name="t">float32 [N], may be fractional.</param>
    /// <returns>[N, 4C].</returns>
    public override Tensor forward(Tensor t)
    {
        using var scope = NewDisposeScope();
        var angles = t.unsqueeze(1) * get_buffer("frequencies")!.unsqueeze(0);
        var waves = cat([angles.sin(), angles.cos()], dim: 1);
        return linear_2.forward(nn.functional.silu(linear_1.forward(waves))).MoveToOuterDisposeScope();
    }

    // exp(-i ln(10000)/(half - 1)) in float32 as the field's programs compute it: at t = 999 one rounding more would show.
    private static Tensor Frequencies(long half)
    {
        using var scope = NewDisposeScope();
        return (arange(half, dtype: ScalarType.Float32) * (-Math.Log(10000) / Math.Max(half - 1, 1))).exp().MoveToOuterDisposeScope();
    }
}
