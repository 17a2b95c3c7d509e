namespace Ddpm.Tests.Data.Checkpoints;

public class WhileBusyTests
{
    [Test]
    public void Action_ThatFailsForAMoment_IsTriedAgain()
    {
        var attempts = 0;
        WhileBusy.Retry(() =>
        {
            if (++attempts < 4)
                throw attempts == 1 ? new UnauthorizedAccessException() : new IOException();
        });
        Assert.That(attempts, Is.EqualTo(4));
    }

    [Test]
    public void Action_ThatKeepsFailing_IsGivenUp() =>
        Assert.That(() => WhileBusy.Retry(() => throw new IOException("busy")), Throws.TypeOf<IOException>().With.Message.EqualTo("busy"));

    [Test]
    public void Action_OnWhatIsNotThere_IsTriedOnce()
    {
        var attempts = 0;
        Assert.That(() => WhileBusy.Retry(() => Fail()), Throws.TypeOf<DirectoryNotFoundException>());
        Assert.That(attempts, Is.EqualTo(1));

        void Fail()
        {
            attempts++;
            throw new DirectoryNotFoundException();
        }
    }
}
