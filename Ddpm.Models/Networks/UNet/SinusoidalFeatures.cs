using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Sines and cosines of t times a falling row of frequencies (Vaswani et al. 2017, section 3.5).</summary>
internal sealed class SinusoidalFeatures : nn.Module<Tensor, Tensor>
{
    private readonly bool cosineFirst, padded;
    private readonly ModuleConstant frequencies;

    internal SinusoidalFeatures(UNetOptions options, Device? device)
        : base(nameof(SinusoidalFeatures))
    {
        (cosineFirst, padded) = (options.Time.CosineFirst, options.TimeFeatures % 2 == 1);
        frequencies = new(Frequencies(options.TimeFeatures / 2, options.Time.FrequencyShift, device));
    }

    /// <param name="t">float32 [N], may be fractional.</param>
    /// <returns>[N, features]; an odd number of them ends with a zero.</returns>
    public override Tensor forward(Tensor t)
    {
        using var scope = NewDisposeScope();
        var angles = t.to(ScalarType.Float32).unsqueeze(1) * frequencies.Value.unsqueeze(0);
        var waves = cosineFirst ? cat([angles.cos(), angles.sin()], dim: 1) : cat([angles.sin(), angles.cos()], dim: 1);
        return (padded ? nn.functional.pad(waves, [0L, 1]) : waves).MoveToOuterDisposeScope();
    }

    // Every way to move a module ends here. Frequencies stay float32 whatever the weights become: t times them would lose its digits.
    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        base._toEpilog(dtype, device, non_blocking);
        frequencies.MoveTo(device, non_blocking);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            frequencies.Dispose();
        base.Dispose(disposing);
    }

    // exp(-ln(10000) i/(half - shift)) in float32 and in this order, as the field's programs compute it: at t = 999 one rounding more would show.
    internal static Tensor Frequencies(int half, double shift, Device? device)
    {
        using var scope = NewDisposeScope();
        var divisor = half - shift;
        var exponents = Arithmetic.Count(0, half, ScalarType.Float32).Times(-Math.Log(10000)).Over(divisor == 0 ? 1 : divisor);
        return exponents.exp().to(device ?? CPU).MoveToOuterDisposeScope();
    }
}
