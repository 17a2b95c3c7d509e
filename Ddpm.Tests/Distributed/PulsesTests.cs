using Ddpm.Distributed;

namespace Ddpm.Tests.Distributed;

/// <summary>Who is silent, and who is waited for.</summary>
public class PulsesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Test]
    public void OneThatIsNotHeard_IsSilent_AfterTheTimeout()
    {
        var pulses = new Pulses(0, [1, 2], Timeout);
        for (var second = 0; second <= 30; second++)
        {
            if (second <= 15)
                pulses.Hear(Alive(1));
            pulses.Hear(Alive(2));
            Assert.That(pulses.Silent(TimeSpan.FromSeconds(second)), Is.EqualTo(second > 24 ? new[] { 1 } : []), $"{second} s");
        }
    }

    [Test]
    public void OneThatWasNeverHeard_IsSilentToo()
    {
        var pulses = new Pulses(0, [1, 2], Timeout);
        var silent = Enumerable.Range(0, 12).Select(second => pulses.Silent(TimeSpan.FromSeconds(second))).ToArray();
        Assert.That(silent[10], Is.Empty);
        Assert.That(silent[11], Is.EqualTo([1, 2]));
    }

    // As after SIGCONT, or a sleep of the whole machine: the others' signs of life lie there and are still to be read.
    [Test]
    public void WhoWasFrozenItself_BlamesNobody()
    {
        var pulses = new Pulses(1, [0], Timeout);
        pulses.Hear(Alive(0));
        Assert.That(pulses.Silent(TimeSpan.FromSeconds(1)), Is.Empty);
        Assert.That(pulses.Silent(TimeSpan.FromHours(1)), Is.Empty);
        Assert.That(pulses.Silent(TimeSpan.FromHours(2)), Is.Empty);
    }

    [Test]
    public void OneWithADebugger_MayBeSilent()
    {
        var pulses = new Pulses(0, [1], Timeout);
        pulses.Hear(Alive(1) with { IsDebugged = true });
        for (var second = 0; second < 100; second++)
            Assert.That(pulses.Silent(TimeSpan.FromSeconds(second)), Is.Empty);
    }

    [Test]
    public void ThoseWithFewerCalls_AreWaitedFor()
    {
        var (first, third) = (new Pulses(0, [1, 2], Timeout), new Pulses(2, [0], Timeout));
        first.Hear(new(1, 6, false, 1, 6));
        first.Hear(new(2, 7, false, 2, 7));
        Assert.That(first.Behind(7), Is.EqualTo([1]));
        Assert.That(first.Behind(6), Is.Empty);
        // By process 0 the others hear of each other.
        third.Hear(first.Own(7, isDebugged: false));
        Assert.That(third.Behind(7), Is.EqualTo([1]));
        Assert.That(third.Own(7, isDebugged: false), Is.EqualTo(new Pulse(2, 7, false, 2, 7)));
    }

    [Test]
    public void APulse_ComesOverAsNumbers()
    {
        foreach (var flag in (bool[])[false, true])
        {
            var pulse = new Pulse(3, 5_000_000_000, flag, 2, 4_999_999_999, !flag);
            Assert.That(pulse.ToNumbers(), Has.Length.EqualTo(Pulse.Length));
            Assert.That(Pulse.Of(pulse.ToNumbers()), Is.EqualTo(pulse));
        }
    }

    [TestCase("process 3", 3)]
    [TestCase("processes 1 and 2", 1, 2)]
    [TestCase("processes 1, 2 and 5", 1, 2, 5)]
    public void Names_AreAList(string expected, params int[] ranks) => Assert.That(Heartbeat.Names(ranks), Is.EqualTo(expected));

    private static Pulse Alive(int rank) => new(rank, 0, false, rank, 0);
}
