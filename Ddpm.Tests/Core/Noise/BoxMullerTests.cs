using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

public class BoxMullerTests
{
    // The ends of the range, words that float32 cannot hold (rounded to even, down and up), and random ones.
    private static readonly uint[] Words =
    [
        0, 1, 2, 3, 0x00FFFFFF, 0x01000001, 0x01000003, 0x7FFFFF7F, 0x7FFFFFFF, 0x80000000, 0x80000001, 0x800000FF, 0xC0000000, 0x40000000,
        0xFFFFFE7F, 0xFFFFFEFF, 0xFFFFFF7F, 0xFFFFFF80, 0xFFFFFFFE, 0xFFFFFFFF, .. Enumerable.Range(1, 2028).Select(i => (uint)Seeds.Mix((ulong)i)),
    ];

    // Rounding of float32 (6e-8) in the logarithm, the root, the angle (up to π) and the product with r, at most 6.7.
    [Test]
    public void Normals_AreTheFormulaInDouble()
    {
        foreach (var (a, b) in Words.Zip(Words.Reverse()))
        {
            var r = Math.Sqrt(-2 * Math.Log((float)(a | 1) / 4294967296.0));
            var θ = Math.PI * (float)(int)b / 2147483648.0;
            var (cosine, sine) = Loop(a, b);
            Assert.That(cosine, Is.EqualTo(r * Math.Cos(θ)).Within(1.5e-6), $"{a:x8} {b:x8}");
            Assert.That(sine, Is.EqualTo(r * Math.Sin(θ)).Within(1.5e-6), $"{a:x8} {b:x8}");
        }
    }

    [Test]
    public void Normals_OfTheOperators_AreTheLoops()
    {
        using var scope = NewDisposeScope();
        var (cosine, sine) = BoxMuller.Normals(
            tensor(Words.Select(word => (int)word).ToArray()), tensor(Words.Reverse().Select(word => (int)word).ToArray()));
        var expected = Words.Zip(Words.Reverse()).Select(pair => Loop(pair.First, pair.Second)).ToArray();
        Expect.Close(cosine, tensor(expected.Select(pair => pair.Cosine).ToArray()), 1.5e-6);
        Expect.Close(sine, tensor(expected.Select(pair => pair.Sine).ToArray()), 1.5e-6);
    }

    // Vectors of elementary functions may take another path where one element needs it; the others' bits must not change.
    [Test]
    public void Normals_OfAVectorsElements_DoNotDependOnTheirNeighbours()
    {
        var width = Vector<uint>.Count;
        for (var i = 0; i + width <= Words.Length; i++)
        {
            var (cosine, sine) = BoxMuller.Normals(new Vector<uint>(Words, i), new Vector<uint>(Words, Words.Length - width - i));
            for (var j = 0; j < width; j++)
                Assert.That((cosine[j], sine[j]), Is.EqualTo(Loop(Words[i + j], Words[Words.Length - width - i + j])));
        }
    }

    private static (float Cosine, float Sine) Loop(uint a, uint b)
    {
        var (cosine, sine) = BoxMuller.Normals(new Vector<uint>(a), new Vector<uint>(b));
        return (cosine[0], sine[0]);
    }
}
