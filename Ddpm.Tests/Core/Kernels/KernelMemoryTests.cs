using Ddpm.Kernels;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

public unsafe class KernelMemoryTests
{
    [Test]
    public void Take_GivesTheSamePlaceUntilMoreIsAskedFor()
    {
        using var memory = new KernelMemory();
        var first = memory.Take(KernelPlace.Keys, 100);
        first[99] = 7;
        Assert.That((long)first % 64, Is.Zero, "a line of the cache");
        Assert.That((nint)memory.Take(KernelPlace.Keys, 60), Is.EqualTo((nint)first));
        Assert.That(memory.Take(KernelPlace.Keys, 100)[99], Is.EqualTo(7));
        Assert.That((nint)memory.Take(KernelPlace.Values, 100), Is.Not.EqualTo((nint)first));
        Assert.That(memory.Bytes, Is.EqualTo(800));
        memory.Take(KernelPlace.Keys, 300);
        Assert.That(memory.Bytes, Is.EqualTo(1600), "what was smaller is gone");
    }

    [Test]
    public void Blocks_OfDifferentPlaces_DoNotOverlap()
    {
        using var memory = new KernelMemory();
        var blocks = Enumerable.Range(0, 3).Select(place => memory.Block(place, 2, 3, 5, 8)).ToArray();
        foreach (var (i, block) in blocks.Index())
            new Span<float>(block.First, 2 * 3 * 5 * 8).Fill(i + 1);
        foreach (var (i, block) in blocks.Index())
            Assert.That(new ReadOnlySpan<float>(block.First, 2 * 3 * 5 * 8).IndexOfAnyExcept(i + 1f), Is.EqualTo(-1));
        Assert.That((blocks[0].Pixels, blocks[0].Apart), Is.EqualTo((15, (nint)8)));
    }

    [Test]
    public void Zeros_AreZeros_AlsoWhenThereAreMore()
    {
        using var memory = new KernelMemory();
        foreach (var count in (int[])[8, 1000, 8])
            Assert.That(new ReadOnlySpan<float>(memory.Zeros(count), count).IndexOfAnyExcept(0f), Is.EqualTo(-1));
    }

    [Test]
    public void Values_AreCopiesInTheOrderOfTheIndices()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(6).view(2, 3);
        using var values = NativeValues.Of(tensor.t());
        using var joined = NativeValues.Joined([tensor[0], tensor[1] * 10]);
        tensor.zero_();
        Assert.That(new ReadOnlySpan<float>(values.First, 6).ToArray(), Is.EqualTo(new float[] { 0, 3, 1, 4, 2, 5 }));
        Assert.That(new ReadOnlySpan<float>(joined.First, 6).ToArray(), Is.EqualTo(new float[] { 0, 1, 2, 30, 40, 50 }));
        Assert.That(values.Count, Is.EqualTo(6));
    }

    [Test]
    public void Values_AfterDispose_AreNotToBeHad()
    {
        var values = new NativeValues(3);
        values.Dispose();
        values.Dispose();
        Assert.That(() => (nint)values.First, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => new NativeValues(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
