using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

public class ThreefryTests
{
    // Threefry-2x32 with 20 rounds, of Random123's known answers (kat_vectors): the generator's authors'.
    [TestCase(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6b200159u, 0x99ba4efeu)]
    [TestCase(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x1cb996fcu, 0xbb002be7u)]
    [TestCase(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xc4923a9cu, 0x483df7a0u)]
    public void Words_OfTheAuthorsCounters_AreTheirAnswers(uint c0, uint c1, uint k0, uint k1, uint first, uint second)
    {
        using var scope = NewDisposeScope();
        Assert.That(Threefry.Words((k0, k1), (c0, c1)), Is.EqualTo((first, second)));
        var (x, y) = new ThreefryOperators(CPU).Words((Word(k0), Word(k1)), (Word(c0), Word(c1)));
        Assert.That((x.item<int>(), y.item<int>()), Is.EqualTo(((int)first, (int)second)));
    }

    // Exactly: whole numbers.
    [Test]
    public void Words_OfTheLoopAndOfTheOperators_AreEqual()
    {
        using var scope = NewDisposeScope();
        uint[] samples = [0, 1, 2, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xDEADBEEF, 0xFFFFFFFF];
        (uint First, uint Second)[] pairs = [.. from first in samples from second in samples select (first, second)];
        var (rows, columns) = (Words(pairs, [-1, 1]), Words(pairs, [1, -1]));
        var (x, y) = new ThreefryOperators(CPU).Words(rows, columns);
        Assert.That(x.shape, Is.EqualTo(new long[] { pairs.Length, pairs.Length }));
        var expected = (from key in pairs from counter in pairs select Threefry.Words(key, counter)).ToArray();
        Assert.That(x.data<int>().ToArray(), Is.EqualTo(expected.Select(words => (int)words.First)));
        Assert.That(y.data<int>().ToArray(), Is.EqualTo(expected.Select(words => (int)words.Second)));
    }

    [Test]
    public void Words_OfAVectorsElements_AreEachCountersOwn()
    {
        var key = (0x01234567u, 0x89ABCDEFu);
        var (x, y) = Threefry.Words(key, Vector.CreateSequence(5u, 77u), Vector.CreateSequence(3u, 1u));
        for (var i = 0; i < Vector<uint>.Count; i++)
            Assert.That((x[i], y[i]), Is.EqualTo(Threefry.Words(key, (5 + 77 * (uint)i, 3 + (uint)i))));
    }

    // Half of the 64 bits change with any bit of the key or the counter: 4 apart are one standard deviation, the mean of 256 is off by 0.25.
    [Test]
    public void Words_OfKeysAndCountersThatDifferInOneBit_DifferInHalfTheBits([Range(0, 127, 9)] int bit)
    {
        var rest = new uint[4];
        rest[bit / 32] = 1u << (bit % 32);
        var changed = Enumerable.Range(0, 256).Average(i =>
        {
            var (one, other) = (Threefry.Words((7, 9), ((uint)i, 3)), Threefry.Words((7 ^ rest[0], 9 ^ rest[1]), ((uint)i ^ rest[2], 3 ^ rest[3])));
            return BitOperations.PopCount(one.First ^ other.First) + BitOperations.PopCount(one.Second ^ other.Second);
        });
        Assert.That(changed, Is.EqualTo(32).Within(1.25));
    }

    private static (Tensor First, Tensor Second) Words((uint First, uint Second)[] words, long[] shape) =>
        (tensor(words.Select(word => (int)word.First).ToArray()).view(shape), tensor(words.Select(word => (int)word.Second).ToArray()).view(shape));

    private static Tensor Word(uint word) => tensor(new[] { (int)word });
}
