namespace Ddpm.Tests.Data;

public class LogFaultsTests
{
    [Test]
    public void Try_TellsEachKindOfFaultOnce_UntilAWritingSucceeds()
    {
        var told = new List<string>();
        var faults = new LogFaults(told.Add);
        void Fail(Exception fault) => Assert.That(faults.Try(() => throw fault), Is.False);
        for (var i = 0; i < 1000; i++)
        {
            Fail(new IOException("full"));
            Fail(new UnauthorizedAccessException("read-only"));
        }
        Assert.That(told, Is.EqualTo(new[] { "full", "read-only" }));
        Assert.That(faults.Try(() => { }), Is.True);
        Fail(new IOException("full again"));
        Assert.That(told, Is.EqualTo(new[] { "full", "read-only", "full again" }));
    }

    [Test]
    public void Try_OfADefect_DoesNotHideIt() => Assert.That(
        () => new LogFaults(_ => { }).Try(() => throw new InvalidOperationException()), Throws.InvalidOperationException);
}
