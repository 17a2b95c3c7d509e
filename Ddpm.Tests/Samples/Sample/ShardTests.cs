using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Sample;

public class ShardTests
{
    [Test]
    public void Shares_OfAllShards_AreEverythingOnceInOrderAndBalanced(
        [Values(0, 1, 5, 7, 64, 1001, int.MaxValue)] int things, [Values(1, 3, 7, 64)] int of)
    {
        var end = 0;
        foreach (var share in Enumerable.Range(1, of).Select(number => new Shard(number, of).Share(things)))
        {
            Assert.That(share.Start.Value, Is.EqualTo(end));
            end = share.End.Value;
            Assert.That(end - share.Start.Value, Is.InRange(things / of, (things + (of - 1L)) / of));
        }
        Assert.That(end, Is.EqualTo(things));
    }

    [Test]
    public void Name_SortsAsTheNumbersDo() => Assert.That(new Shard(3, 64).Name, Is.EqualTo("shard-00003-of-00064"));

    [TestCase(0, 3)]
    [TestCase(4, 3)]
    [TestCase(1, 0)]
    [TestCase(1, 100_000)]
    public void Shard_ThatThereIsNot_IsRefused(int number, int of) =>
        Assert.That(() => new Shard(number, of), Throws.ArgumentException.With.Message.Contains($"{number} of {of}"));
}
