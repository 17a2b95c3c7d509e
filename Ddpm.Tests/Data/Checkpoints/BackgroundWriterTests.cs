namespace Ddpm.Tests.Data.Checkpoints;

public class BackgroundWriterTests
{
    [Test]
    public void Jobs_RunOneAtATimeInTheirOrder()
    {
        var (running, most, order) = (0, 0, new List<int>());
        using (var writer = new BackgroundWriter())
            for (var i = 0; i < 20; i++)
            {
                var job = i;
                writer.Start(() =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    Thread.Sleep(2);
                    order.Add(job);
                    Interlocked.Decrement(ref running);
                });
            }
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 20)));
        Assert.That(most, Is.EqualTo(1));
    }

    [Test]
    public void Start_DoesNotWaitForItsJob()
    {
        using var gate = new ManualResetEventSlim();
        using var writer = new BackgroundWriter();
        Assert.That(writer.IsBusy, Is.False);
        writer.Start(gate.Wait);
        Assert.That(writer.IsBusy, Is.True);
        Assert.That(writer.TakeFault(), Is.Null);
        gate.Set();
        writer.Wait();
        Assert.That(writer.IsBusy, Is.False);
    }

    [Test]
    public void Fault_IsToldOnce_ByWhateverComesNext()
    {
        using var writer = new BackgroundWriter();
        Action<Action>[] ways = [_ => writer.Wait(), writer.Start, _ => throw Taken()];
        foreach (var way in ways)
        {
            var ran = false;
            writer.Start(() => throw new IOException("full"));
            Assert.That(() => way(() => ran = true), Throws.TypeOf<IOException>().With.Message.EqualTo("full"));
            Assert.That(writer.Wait, Throws.Nothing);
            Assert.That(ran, Is.False);
        }

        Exception Taken()
        {
            while (writer.IsBusy)
                Thread.Sleep(1);
            return writer.TakeFault()!;
        }
    }

    [Test]
    public void Dispose_WaitsAndTellsAFaultThatNobodyAskedFor()
    {
        var told = new List<string>();
        using (var writer = new BackgroundWriter(new Direct<string>(told.Add)))
            writer.Start(() =>
            {
                Thread.Sleep(50);
                throw new IOException("full");
            });
        Assert.That(told, Is.EqualTo(new[] { "full" }));
    }

    // The runtime lets a process end only when its foreground threads have.
    [Test]
    public void Job_RunsOnAThreadThatTheProcessWaitsFor()
    {
        using var writer = new BackgroundWriter();
        var isBackground = true;
        writer.Start(() => isBackground = Thread.CurrentThread.IsBackground);
        writer.Wait();
        Assert.That(isBackground, Is.False);
    }

    [Test]
    public void Job_ThatWaitsForItself_IsRefused()
    {
        using var writer = new BackgroundWriter();
        writer.Start(() => writer.Wait());
        Assert.That(writer.Wait, Throws.InvalidOperationException);
    }
}
