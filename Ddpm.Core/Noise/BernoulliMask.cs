using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// Masks for dropout by counters: value i of a mask is a function of the key and i alone, in 32-bit whole numbers. So masks are the same on every
/// device, do not depend on the batch size, and need no generator, of which TorchSharp has none but on the CPU.
/// </summary>
internal static class BernoulliMask
{
    /// <summary>1/<paramref name="keep"/> with probability <paramref name="keep"/>, else 0; so its mean is 1.</summary>
    /// <param name="key">Another key gives another mask.</param>
    /// <param name="shape">[N, C, H, W]. The count runs over [N, H, W, C], the order in which images lie on the CPU.</param>
    /// <param name="keep">Above 0 to 1.</param>
    /// <param name="type">A floating-point type.</param>
    /// <param name="device">Where it is made; nothing is copied to or from there.</param>
    /// <param name="firstImage">The place of the first image, from which the count begins.</param>
    /// <returns>[N, C, H, W] with channels last; it belongs to the caller's dispose scope.</returns>
    internal static Tensor Draw(ulong key, ReadOnlySpan<long> shape, double keep, ScalarType type, Device device, int firstImage = 0) =>
        Draw(Rule(key, shape, keep, firstImage), shape, type, device);

    /// <inheritdoc cref="Draw(ulong, ReadOnlySpan{long}, double, ScalarType, Device, int)"/>
    internal static Tensor Draw(MaskRule rule, ReadOnlySpan<long> shape, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        long[] channelsLast = [shape[0], shape[2], shape[3], shape[1]];
        var mask = device.type == DeviceType.CPU ? ByLoop(channelsLast, rule) : ByOperators(channelsLast, rule, device);
        return mask.to(type).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>How its values follow from their places.</summary>
    /// <inheritdoc cref="Draw(ulong, ReadOnlySpan{long}, double, ScalarType, Device, int)"/>
    internal static MaskRule Rule(ulong key, ReadOnlySpan<long> shape, double keep, int firstImage = 0) =>
        new(key, keep, unchecked((uint)(firstImage * shape[1] * shape[2] * shape[3])));

    /// <summary>The same values by plain operators of tensors, float32.</summary>
    internal static Tensor ByOperators(long[] shape, MaskRule rule, Device device)
    {
        using var scope = NewDisposeScope();
        var count = shape.Aggregate(1L, (product, extent) => product * extent);
        var x = Arithmetic.Count(0, count, ScalarType.Int64, device).to(ScalarType.Int32)
            .TimesInPlace(Signed(MaskRule.Golden)).PlusInPlace(Signed(rule.Start));
        x = ShiftAndXor(x, MaskRule.LongShift).TimesInPlace(Signed(MaskRule.First));
        x = ShiftAndXor(x, MaskRule.ShortShift).PlusInPlace(Signed(rule.Middle));
        x = ShiftAndXor(x, MaskRule.LongShift).TimesInPlace(Signed(MaskRule.Second));
        x = ShiftAndXor(x, MaskRule.ShortShift).TimesInPlace(Signed(MaskRule.Third));
        return x.IsAtMost(rule.Limit).to(ScalarType.Float32).TimesInPlace(rule.Kept).view(shape).MoveToOuterDisposeScope();
    }

    // Shifts of signed numbers drag the sign along; the mask cuts it off.
    private static Tensor ShiftAndXor(Tensor x, int by)
    {
        Tensor Constant(int value) => Arithmetic.Full([1], value, ScalarType.Int32, x.device);
        return x.bitwise_xor_(x.bitwise_right_shift(Constant(by)).bitwise_and_(Constant((int)(uint.MaxValue >> by))));
    }

    private static Tensor ByLoop(long[] shape, MaskRule rule)
    {
        var mask = empty(shape, ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(mask.bytes), rule);
        GC.KeepAlive(mask);
        return mask;
    }

    private static void Fill(Span<float> mask, MaskRule rule)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(mask);
        for (var v = 0; v < vectors.Length; v++)
            vectors[v] = rule.At((uint)(v * Vector256<float>.Count));
        Span<float> rest = stackalloc float[Vector256<float>.Count];
        var done = vectors.Length * Vector256<float>.Count;
        rule.At((uint)done).CopyTo(rest);
        rest[..(mask.Length - done)].CopyTo(mask[done..]);
    }

    private static int Signed(uint value) => unchecked((int)value);
}
