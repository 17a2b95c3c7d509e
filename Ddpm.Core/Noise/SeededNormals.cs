using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// The normal numbers of <see cref="SeededNoise"/>. An image of M values takes P = ⌈M/2⌉ pairs of words, those of the counters (pair, 0) by the
/// key of the image's draw: value j &lt; P is r cos θ of pair j, value P + j is r sin θ.
/// </summary>
internal static class SeededNormals
{
    /// <summary>The key of an image's draw. It is a bijection: no two draws or images of one seed share a key.</summary>
    internal static (uint First, uint Second) Key(ulong seed, uint image, uint draw) => Threefry.Words(Halves(seed), (image, draw));

    /// <summary>Fills one image in place. Compiled for speed at once: a short run ends before the runtime would do so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fill(Span<float> image, (uint First, uint Second) key)
    {
        var pairs = (image.Length + 1) / 2;
        var cosines = image[..pairs];
        var sines = image[pairs..];
        var wholeCosines = MemoryMarshal.Cast<float, Vector<float>>(cosines);
        var wholeSines = MemoryMarshal.Cast<float, Vector<float>>(sines);
        var pair = Vector.CreateSequence(0u, 1u);
        for (var i = 0; i < wholeSines.Length; i++, pair += new Vector<uint>((uint)Vector<uint>.Count))
            (wholeCosines[i], wholeSines[i]) = Normals(key, pair);

        // The rest by the same vectors, so that a value's bits do not depend on where it lies.
        var done = wholeSines.Length * Vector<float>.Count;
        var (cosine, sine) = Normals(key, pair);
        Begin(cosine, cosines[done..]);
        Begin(sine, sines[done..]);
    }

    /// <summary>The same values for images first, first + 1, … by plain operators of tensors, made on the device from scalars alone.</summary>
    /// <returns>float32 [images, values]; it belongs to the caller's dispose scope.</returns>
    internal static Tensor ByOperators(ulong seed, long first, long images, long draw, long values, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor Column(long rows, uint word) => Arithmetic.Full([rows, 1], (int)word, ScalarType.Int32, device);
        Tensor Count(long from, long count) => Arithmetic.Count(from, from + count, ScalarType.Int64, device).to(ScalarType.Int32);
        var threefry = new ThreefryOperators(device);
        var (low, high) = Halves(seed);
        var keys = threefry.Words((Column(1, low), Column(1, high)), (Count(first, images).unsqueeze(1), Column(images, (uint)draw)));
        var pairs = Count(0, (values + 1) / 2).unsqueeze(0);
        var (a, b) = threefry.Words(keys, (pairs, zeros_like(pairs)));
        var (cosine, sine) = BoxMuller.Normals(a, b);
        return cat([cosine, sine], 1).narrow(1, 0, values).MoveToOuterDisposeScope();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Cosine, Vector<float> Sine) Normals((uint First, uint Second) key, Vector<uint> pair)
    {
        var (a, b) = Threefry.Words(key, pair, Vector<uint>.Zero);
        return BoxMuller.Normals(a, b);
    }

    private static void Begin(Vector<float> vector, Span<float> rest)
    {
        Span<float> whole = stackalloc float[Vector<float>.Count];
        vector.CopyTo(whole);
        whole[..rest.Length].CopyTo(rest);
    }

    private static (uint Low, uint High) Halves(ulong seed) => ((uint)seed, (uint)(seed >> 32));
}
