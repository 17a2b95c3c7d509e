using Ddpm.Imaging;

namespace Ddpm.Tests.Data.Imaging;

public class ImagesAheadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(1), TestCase(2), TestCase(7)]
    public void CopyTo_InWhateverOrder_GivesTheImageAskedFor(int threads)
    {
        var ahead = new ImagesAhead(4, threads, (index, to) => to.Span.Fill((byte)(index % 251)));
        var random = new Random(threads);
        var image = new byte[4];
        for (var round = 0; round < 500; round++)
        {
            int[] next = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(1000))];
            ahead.Expect(next);
            // Some as told, some left out, some that nobody was told of, some twice.
            foreach (var index in next.Where(_ => random.Next(4) > 0).Concat(Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(1000))))
            {
                ahead.CopyTo(index, image);
                Assert.That(image, Is.All.EqualTo((byte)(index % 251)));
            }
        }
    }

    [Test]
    public void Expect_LoadsAhead_InOrder_AndNoMoreThanIsKept()
    {
        const int size = 1 << 22;               // eight of these are kept
        var loaded = new List<int>();
        var ahead = new ImagesAhead(size, 1, (index, to) =>
        {
            lock (loaded)
                loaded.Add(index);
            to.Span[0] = (byte)index;
        });
        int[] order = [.. Enumerable.Range(0, 40).Select(i => i * 7 % 40)];
        ahead.Expect(order);
        int Loaded()
        {
            lock (loaded)
                return loaded.Count;
        }
        Assert.That(() => Loaded(), Is.EqualTo(8).After(30_000, 20));
        var image = new byte[size];
        for (var i = 0; i < 5; i++)
        {
            ahead.CopyTo(order[i], image);
            Assert.That(image[0], Is.EqualTo((byte)order[i]));
        }
        Assert.That(() => Loaded(), Is.EqualTo(13).After(30_000, 20));
        Thread.Sleep(100);
        Assert.That(loaded, Is.EqualTo(order[..13]));
    }

    [Test]
    public void Expect_InPlaceOfBefore_LoadsNothingTwice_AndForgetsTheRest()
    {
        var loaded = new System.Collections.Concurrent.ConcurrentBag<int>();
        var ahead = new ImagesAhead(1, 2, (index, to) => loaded.Add(index));
        ahead.Expect([1, 2, 3]);
        Assert.That(() => loaded.Count, Is.EqualTo(3).After(30_000, 20));
        ahead.Expect([3, 4]);
        Assert.That(() => loaded.Count, Is.EqualTo(4).After(30_000, 20));
        foreach (var index in (int[])[3, 4, 1])
            ahead.CopyTo(index, new byte[1]);
        Assert.That(loaded, Is.EquivalentTo(new[] { 1, 2, 3, 4, 1 }));
    }

    [Test]
    public void CopyTo_OfWhatIsInWork_WaitsForIt_AndLoadsOtherImagesMeanwhile()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var ahead = new ImagesAhead(1, 1, (index, to) =>
        {
            if (index == 1)
            {
                begun.Set();
                gate.Wait(Patience);
            }
            to.Span[0] = (byte)index;
        });
        ahead.Expect([1, 2]);
        Assert.That(begun.Wait(Patience), Is.True);
        var image = new byte[1];
        ahead.CopyTo(2, image);
        Assert.That(image[0], Is.EqualTo(2));
        var waiting = Task.Run(() => ahead.CopyTo(1, image));
        Assert.That(waiting.Wait(50), Is.False);
        gate.Set();
        Assert.That(waiting.Wait(Patience), Is.True);
        Assert.That(image[0], Is.EqualTo(1));
    }

    [TestCase(false), TestCase(true)]
    public void CopyTo_OfWhatFails_ThrowsItThere_AndGoesOn(bool isExpected)
    {
        var ahead = new ImagesAhead(1, 2, (index, to) =>
        {
            if (index % 2 == 1)
                throw new DataFormatException($"{index}", null, "it must be even");
            to.Span[0] = (byte)index;
        });
        if (isExpected)
            ahead.Expect([.. Enumerable.Range(0, 100)]);
        var image = new byte[1];
        for (var i = 0; i < 100; i++)
            if (i % 2 == 1)
                Assert.That(() => ahead.CopyTo(i, image), Throws.TypeOf<DataFormatException>().With.Message.StartsWith($"{i}:"));
            else
                Assert.That(() => ahead.CopyTo(i, image), Throws.Nothing);
    }
}
