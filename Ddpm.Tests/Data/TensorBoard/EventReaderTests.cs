using TorchSharp;

namespace Ddpm.Tests.Data.TensorBoard;

public class EventReaderTests
{
    private static string Write(TemporaryFolder folder)
    {
        var path = folder.File("events");
        using var file = EventFile.At(path, firstStep: 8);
        file.Add(8, ("loss", 0.5), ("norm", 2));
        file.Add(9, "samples", new(3, 2, 1), new byte[] { 1, 2, 3 });
        file.Add(300, ("loss", 0.25));
        return path;
    }

    [Test]
    public void Read_OfWhatWasWritten_GivesItBack()
    {
        using var folder = new TemporaryFolder();
        var events = EventReader.Read(Write(folder)).ToArray();
        Assert.That(events.Select(one => one.Step), Is.EqualTo(new[] { 0, 8, 8, 9, 300 }));
        Assert.That(events[0].FileVersion, Is.EqualTo("brain.Event:2"));
        Assert.That(events.Select(one => one.StartsSession), Is.EqualTo(new[] { false, true, false, false, false }));
        Assert.That(events[2].Values.Select(value => (value.Tag, value.Number)), Is.EqualTo(new[] { ("loss", 0.5f), ("norm", 2f) }));
        Assert.That(events[3].Values.Single(), Has.Property("Tag").EqualTo("samples").And.Property("Shape").EqualTo((3L, 2L, 1L)));
        Assert.That(events[3].Values.Single().Png, Is.EqualTo(new byte[] { 1, 2, 3 }));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.That(events.Select(one => one.WallTime), Is.All.InRange(now - 3600, now + 3600));
    }

    // What a kill leaves is the file up to some byte.
    [Test]
    public void Read_OfAFileCutAnywhere_GivesTheWholeEvents()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder);
        var bytes = File.ReadAllBytes(path);
        var whole = EventReader.Read(path).Count();
        var counts = new List<int>();
        for (var length = 0; length <= bytes.Length; length++)
            counts.Add(EventReader.Read(folder.File("cut", bytes.AsSpan(0, length))).Count());
        Assert.That(counts, Is.Ordered);
        Assert.That(counts.Distinct(), Is.EqualTo(Enumerable.Range(0, whole + 1)));
        Assert.That(counts.Count(count => count == whole), Is.EqualTo(1), "only all bytes hold the last event");
    }

    [Test]
    public void Read_OfAFileWithOneBitFlipped_RefusesIt()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Write(folder));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            var path = folder.File("flipped", bytes);
            Assert.That(() => EventReader.Read(path).Count(), Throws.TypeOf<DataFormatException>().With.Message.Contains("damaged"), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    // What a hostile file claims takes no memory, whatever its checksums.
    [TestCase(ulong.MaxValue)]
    [TestCase((ulong)EventReader.LargestRecord + 1)]
    public void Read_OfARecordThatClaimsMuch_RefusesIt(ulong length)
    {
        using var folder = new TemporaryFolder();
        var claimed = BitConverter.GetBytes(length);
        var path = folder.File("long", [.. claimed, .. BitConverter.GetBytes(RecordFrame.Masked(claimed)), .. new byte[100]]);
        Assert.That(() => EventReader.Read(path).Count(), Throws.TypeOf<DataFormatException>().With.Message.Contains($"{length}"));
    }

    // Frames whose checksums are right, with random bytes or a cut event in them.
    [Test]
    public void Read_OfRecordsThatAreNoEvents_RefusesOrReadsThem()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var good = EventBytes.OfImage(DateTimeOffset.UnixEpoch, 5, "samples", new(3, 2, 1), new byte[] { 1, 2, 3 });
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            var content = i % 2 == 0 ? new byte[random.Next(1, 40)] : [.. good];
            if (i % 2 == 0)
                random.NextBytes(content);
            else
                content[random.Next(content.Length)] ^= (byte)random.Next(1, 256);
            var path = folder.File("odd", RecordFrame.Of(content));
            try
            {
                Assert.That(EventReader.Read(path).Count(), Is.EqualTo(1));
            }
            catch (DataFormatException)
            {
                refused++;
            }
        }
        Assert.That(refused, Is.InRange(100, 900));
    }

    // TorchSharp has a writer of its own, after PyTorch's.
    [Test]
    public void Read_OfAFileThatAnotherProgramWrote_GivesItsScalars()
    {
        using var folder = new TemporaryFolder();
        var writer = torch.utils.tensorboard.SummaryWriter(folder.Path, createRunName: false);
        for (var step = 0; step < 300; step++)
            writer.add_scalar("loss", step / 7f, step);
        var events = EventReader.Read(Directory.GetFiles(folder.Path).Single()).ToArray();
        Assert.That(events[0].FileVersion, Is.EqualTo("brain.Event:2"));
        Assert.That(
            events.Skip(1).Select(one => (one.Step, one.Values.Single().Tag, one.Values.Single().Number)),
            Is.EqualTo(Enumerable.Range(0, 300).Select(step => ((long)step, "loss", (float?)(step / 7f)))));
    }
}
