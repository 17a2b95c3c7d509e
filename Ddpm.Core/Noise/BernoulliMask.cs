using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// Masks for dropout by counters: value i of a mask is a function of the key and i alone, in 32-bit whole numbers. So masks are the same on every
/// device, do not depend on the batch size, and need no generator, of which TorchSharp has none but on the CPU.
/// </summary>
internal static class BernoulliMask
{
    // Multipliers that mix well (Wellons 2018 searched for such), and the golden ratio, which spreads neighbours.
    private const uint Golden = 0x9E3779B1, First = 0x21F0AAAD, Second = 0x735A2D97, Third = 0x846CA68B;
    private const int LongShift = 16, ShortShift = 15;

    /// <summary>1/<paramref name="keep"/> with probability <paramref name="keep"/>, else 0; so its mean is 1.</summary>
    /// <param name="key">Another key gives another mask.</param>
    /// <param name="shape">[N, C, H, W]. The count runs over [N, H, W, C], the order in which images lie on the CPU.</param>
    /// <param name="keep">Above 0 to 1.</param>
    /// <param name="type">A floating-point type.</param>
    /// <param name="device">Where it is made; nothing is copied to or from there.</param>
    /// <param name="firstImage">The place of the first image, from which the count begins.</param>
    /// <returns>[N, C, H, W] with channels last; it belongs to the caller's dispose scope.</returns>
    internal static Tensor Draw(ulong key, ReadOnlySpan<long> shape, double keep, ScalarType type, Device device, int firstImage = 0)
    {
        using var scope = NewDisposeScope();
        long[] channelsLast = [shape[0], shape[2], shape[3], shape[1]];
        var first = unchecked((uint)(firstImage * shape[1] * shape[2] * shape[3]));
        var mask = device.type == DeviceType.CPU ? ByLoop(key, channelsLast, keep, first) : ByOperators(key, channelsLast, keep, device, first);
        return mask.to(type).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The same values by plain operators of tensors, float32.</summary>
    internal static Tensor ByOperators(ulong key, long[] shape, double keep, Device device, uint first = 0)
    {
        using var scope = NewDisposeScope();
        var (start, middle) = Halves(key);
        var count = shape.Aggregate(1L, (product, extent) => product * extent);
        var x = arange(count, ScalarType.Int64, device).to(ScalarType.Int32).mul_(Signed(Golden)).add_(Signed(start + first * Golden));
        x = ShiftAndXor(x, LongShift).mul_(Signed(First));
        x = ShiftAndXor(x, ShortShift).add_(Signed(middle));
        x = ShiftAndXor(x, LongShift).mul_(Signed(Second));
        x = ShiftAndXor(x, ShortShift).mul_(Signed(Third));
        return x.le(Limit(keep)).to(ScalarType.Float32).mul_(Kept(keep)).view(shape).MoveToOuterDisposeScope();
    }

    // Shifts of signed numbers drag the sign along; the mask cuts it off.
    private static Tensor ShiftAndXor(Tensor x, int by)
    {
        Tensor Constant(int value) => full(1, value, ScalarType.Int32, x.device);
        return x.bitwise_xor_(x.bitwise_right_shift(Constant(by)).bitwise_and_(Constant((int)(uint.MaxValue >> by))));
    }

    private static Tensor ByLoop(ulong key, long[] shape, double keep, uint first)
    {
        var mask = empty(shape, ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(mask.bytes), key, keep, first);
        GC.KeepAlive(mask);
        return mask;
    }

    private static void Fill(Span<float> mask, ulong key, double keep, uint first)
    {
        var (start, middle) = Halves(key);
        start = unchecked(start + first * Golden);
        var (limit, kept) = (Limit(keep), Kept(keep));
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(mask);
        var index = Vector.CreateSequence(0u, 1u);
        for (var v = 0; v < vectors.Length; v++, index += new Vector<uint>((uint)Vector<uint>.Count))
        {
            var x = index * Golden + new Vector<uint>(start);
            x = (x ^ (x >>> LongShift)) * First;
            x = (x ^ (x >>> ShortShift)) + new Vector<uint>(middle);
            x = (x ^ (x >>> LongShift)) * Second;
            x = (x ^ (x >>> ShortShift)) * Third;
            vectors[v] = Vector.ConditionalSelect(
                Vector.LessThanOrEqual(Vector.AsVectorInt32(x), new Vector<int>(limit)), new Vector<float>(kept), Vector<float>.Zero);
        }
        for (var i = vectors.Length * Vector<float>.Count; i < mask.Length; i++)
        {
            var x = (uint)i * Golden + start;
            x = (x ^ (x >>> LongShift)) * First;
            x = (x ^ (x >>> ShortShift)) + middle;
            x = (x ^ (x >>> LongShift)) * Second;
            x = (x ^ (x >>> ShortShift)) * Third;
            mask[i] = (int)x <= limit ? kept : 0;
        }
    }

    private static (uint Start, uint Middle) Halves(ulong key) => ((uint)key, (uint)(key >> 32));

    private static int Signed(uint value) => unchecked((int)value);

    // The share of all 32-bit numbers that are at most this.
    private static int Limit(double keep) => (int)Math.Clamp(Math.Round(keep * (1L << 32)) - (1L << 31) - 1, int.MinValue, int.MaxValue);

    private static float Kept(double keep) => (float)(1 / keep);
}
