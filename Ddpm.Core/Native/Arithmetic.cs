using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Operators of a tensor with numbers, and sums of tensors, which hold their numbers until libtorch has read them.</summary>
/// <remarks>
/// TorchSharp gives libtorch a number as a pointer into an object with a finaliser, and keeps no reference while libtorch reads: not in <c>x * 2</c>,
/// and not for the hidden factor 1 of <c>x + y</c>. A collection in that moment, of another thread's making, frees the number. The operator throws
/// then ("Expected false to be true"), or computes with what is there instead. The compiler refuses the operators that do that (BannedSymbols.txt).
/// </remarks>
internal static class Arithmetic
{
    /// <summary>1, which is never freed.</summary>
    internal static readonly Scalar One = 1L.ToScalar();

    private static readonly Scalar Zero = 0L.ToScalar();

    /// <summary>x + y.</summary>
    internal static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>x + n.</summary>
    [OverloadResolutionPriority(1)]     // a number could also become a tensor
    internal static Tensor Plus(this Tensor x, Number n) => With(x, n, static (x, n) => x.add(n, One));

    /// <summary>x - n.</summary>
    internal static Tensor Minus(this Tensor x, Number n) => With(x, n, static (x, n) => x.sub(n));

    /// <summary>n - x.</summary>
    internal static Tensor SubtractedFrom(this Tensor x, Number n) => x.negative().Plus(n);

    /// <summary>x n.</summary>
    internal static Tensor Times(this Tensor x, Number n) => With(x, n, static (x, n) => x.mul(n));

    /// <summary>x / n.</summary>
    internal static Tensor Over(this Tensor x, Number n) => With(x, n, static (x, n) => x.div(n));

    /// <summary>x^n.</summary>
    internal static Tensor Power(this Tensor x, Number n) => With(x, n, static (x, n) => x.pow(n));

    /// <summary>x².</summary>
    internal static Tensor Squared(this Tensor x) => x.Power(2);

    /// <summary>x within two bounds.</summary>
    internal static Tensor Clamped(this Tensor x, Number least, Number most)
    {
        using var low = least.Hold();
        using var high = most.Hold();
        return x.clamp(low, high);
    }

    /// <summary>n where the mask is true, else x.</summary>
    internal static Tensor Masked(this Tensor x, Tensor mask, Number n)
    {
        using var held = n.Hold();
        return x.masked_fill(mask, held);
    }

    /// <summary>Whether x = 0, or false.</summary>
    internal static Tensor IsZero(this Tensor x) => x.eq(Zero);

    /// <summary>Whether x &lt; n.</summary>
    internal static Tensor IsBelow(this Tensor x, Number n) => With(x, n, static (x, n) => x.lt(n));

    /// <summary>Whether x ≤ n.</summary>
    internal static Tensor IsAtMost(this Tensor x, Number n) => With(x, n, static (x, n) => x.le(n));

    /// <summary>Whether x &gt; n.</summary>
    internal static Tensor IsAbove(this Tensor x, Number n) => With(x, n, static (x, n) => x.gt(n));

    /// <summary>Whether x ≥ n.</summary>
    internal static Tensor IsAtLeast(this Tensor x, Number n) => With(x, n, static (x, n) => x.ge(n));

    /// <summary>x += y.</summary>
    internal static Tensor PlusInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary>x += n y.</summary>
    internal static Tensor PlusInPlace(this Tensor x, Tensor y, Number n)
    {
        using var held = n.Hold();
        return x.add_(y, held);
    }

    /// <summary>x += n.</summary>
    [OverloadResolutionPriority(1)]     // a number could also become a tensor
    internal static Tensor PlusInPlace(this Tensor x, Number n) => With(x, n, static (x, n) => x.add_(n, One));

    /// <summary>x *= n.</summary>
    internal static Tensor TimesInPlace(this Tensor x, Number n) => With(x, n, static (x, n) => x.mul_(n));

    /// <summary>x /= n.</summary>
    internal static Tensor OverInPlace(this Tensor x, Number n) => With(x, n, static (x, n) => x.div_(n));

    /// <summary>x becomes x^n.</summary>
    internal static Tensor PowerInPlace(this Tensor x, Number n) => With(x, n, static (x, n) => x.pow_(n));

    /// <summary>x, in place, within two bounds.</summary>
    internal static Tensor ClampInPlace(this Tensor x, Number least, Number most)
    {
        using var low = least.Hold();
        using var high = most.Hold();
        return x.clamp_(low, high);
    }

    /// <summary>All of x becomes n.</summary>
    internal static Tensor Fill(this Tensor x, Number n) => With(x, n, static (x, n) => x.fill_(n));

    /// <summary>n in every place.</summary>
    internal static Tensor Full(long[] shape, Number n, ScalarType type, Device device)
    {
        using var held = n.Hold();
        return full(shape, held, type, device);
    }

    /// <summary>n in every place of a tensor like x.</summary>
    internal static Tensor FullLike(this Tensor x, Number n) => With(x, n, static (x, n) => full_like(x, n));

    /// <summary>from, from + 1, ... up to, and without, an end.</summary>
    internal static Tensor Count(long from, long end, ScalarType type, Device? device = null)
    {
        using var first = from.ToScalar();
        using var last = end.ToScalar();
        return arange(first, last, One, type, device);
    }

    private static Tensor With(Tensor x, Number n, Func<Tensor, Scalar, Tensor> compute)
    {
        using var held = n.Hold();
        return compute(x, held);
    }
}
