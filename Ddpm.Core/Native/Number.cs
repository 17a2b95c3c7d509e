using TorchSharp;

namespace Ddpm;

/// <summary>A number that is given to an operator of libtorch: whole numbers stay whole.</summary>
internal readonly struct Number
{
    private readonly double real;
    private readonly long? whole;

    private Number(double real, long? whole) => (this.real, this.whole) = (real, whole);

    public static implicit operator Number(double value) => new(value, null);

    public static implicit operator Number(long value) => new(default, value);

    /// <summary>As libtorch takes it; whoever asked frees it, after libtorch has read it.</summary>
    internal Scalar Hold() => whole is { } value ? value.ToScalar() : real.ToScalar();
}
