using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// Two independent normal numbers of two random words a and b (Box and Muller 1958): r cos θ and r sin θ with r = √(-2 ln u), in float32.
/// u = (a | 1)/2³² is in (0, 1], a unsigned; θ = π b/2³¹ is in [-π, π], b signed.
/// </summary>
internal static class BoxMuller
{
    private const float Unit = 1f / (1L << 32), Angle = (float)(Math.PI / (1L << 31));

    /// <summary>r cos θ and r sin θ of each pair of words of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector<float> Cosine, Vector<float> Sine) Normals(Vector<uint> a, Vector<uint> b)
    {
        var u = Vector.ConvertToSingle(a | Vector<uint>.One) * Unit;
        var r = Vector.SquareRoot(Vector.Log(u) * -2f);
        var (sine, cosine) = Vector.SinCos(Vector.ConvertToSingle(Vector.AsVectorInt32(b)) * Angle);
        return (r * cosine, r * sine);
    }

    /// <summary>The same by plain operators of tensors, for any device.</summary>
    /// <param name="a">Int32 that hold the bits of the unsigned words.</param>
    /// <param name="b">Int32, of the same shape.</param>
    /// <returns>float32 of the words' shape; they belong to the caller's dispose scope.</returns>
    internal static (Tensor Cosine, Tensor Sine) Normals(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        Tensor Constant(long value, ScalarType type) => Arithmetic.Full([1], value, type, a.device);
        var unsigned = a.bitwise_or(Constant(1, ScalarType.Int32)).to(ScalarType.Int64).bitwise_and_(Constant(uint.MaxValue, ScalarType.Int64));
        var r = unsigned.to(ScalarType.Float32).TimesInPlace(Unit).log_().TimesInPlace(-2).sqrt_();
        var θ = b.to(ScalarType.Float32).TimesInPlace(Angle);
        return (θ.cos().mul_(r).MoveToOuterDisposeScope(), θ.sin().mul_(r).MoveToOuterDisposeScope());
    }
}
