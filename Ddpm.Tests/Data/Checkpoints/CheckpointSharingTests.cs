namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>Others at the same folder at the same time.</summary>
public class CheckpointSharingTests
{
    [Test]
    public void Newest_WhileAnotherWritesAndDeletes_IsWholeAndNeverGoesBack()
    {
        using var folder = new TemporaryFolder();
        using var writer = new CheckpointStore(folder.Path);
        using var reader = new CheckpointStore(folder.Path, warnings: new Direct<string>(warning => Assert.Fail(warning)));
        writer.Write(0);
        var writing = Task.Run(() =>
        {
            for (var step = 1; step <= 60; step++)
                writer.Write(step);
        });
        var (last, reads) = (0L, 0);
        do
        {
            var number = CheckpointName.Of(reader.Newest()!.Path)!.Number;
            Assert.That(number, Is.GreaterThanOrEqualTo(last));
            (last, reads) = (number, reads + 1);
        }
        while (!writing.IsCompleted);
        writing.GetAwaiter().GetResult();
        Assert.That(CheckpointName.Of(reader.Newest()!.Path)!.Number, Is.EqualTo(61));
        TestContext.Out.WriteLine($"{reads} reads");
    }

    [Test]
    public void SecondWriter_IsRefusedUntilTheFirstIsThrough()
    {
        using var folder = new TemporaryFolder();
        using var second = new CheckpointStore(folder.Path);
        using (var first = new CheckpointStore(folder.Path))
        {
            first.Reserve();
            first.Reserve();
            first.Write(1);
            Assert.That(() => second.Write(2), Throws.TypeOf<IOException>().With.Message.Contains(folder.Path).And.Message.Contains(FolderLock.Name));
            Assert.That(second.Reserve, Throws.TypeOf<IOException>().With.Message.Contains("one process at a time"));
            Assert.That(Written.Step(second.Newest()!), Is.EqualTo(1));
        }
        second.Write(2);
        Assert.That(Written.Step(second.Newest()!), Is.EqualTo(2));
        Assert.That(CheckpointName.In(folder.Path), Has.Count.EqualTo(2));
    }
}
