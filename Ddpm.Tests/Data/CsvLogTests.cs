using System.Globalization;

namespace Ddpm.Tests.Data;

public class CsvLogTests
{
    private const string Header = "step,loss,note\n";

    private static CsvLog Log(TemporaryFolder folder, List<string>? told = null) => new(folder.File("loss.csv"), "step", "loss", "note")
    {
        Warnings = new Direct<string>(warning => told?.Add(warning)),
        Pause = TimeSpan.Zero,
    };

    private static string Text(TemporaryFolder folder) => File.ReadAllText(folder.File("loss.csv"));

    private static void Write(TemporaryFolder folder, int steps)
    {
        using var log = Log(folder);
        log.Begin(0);
        for (var step = 1; step <= steps; step++)
            log.Append(step, step / 3.0, step % 2 == 0 ? "a \"quoted\", two\nlines" : null);
    }

    [Test]
    public void Append_WritesEachLineAtOnce()
    {
        using var folder = new TemporaryFolder();
        using var log = Log(folder);
        Assert.That(log.Begin(0), Is.True);
        log.Append(1, 0.1, null);
        Assert.That(Text(folder), Is.EqualTo(Header + "1,0.1,\n"));
        log.Append(2, 1e-30f, "plain");
        Assert.That(Text(folder), Is.EqualTo(Header + "1,0.1,\n2,1E-30,plain\n"));
    }

    [Test]
    public void Append_OfAnyNumber_WritesWhatReadsBackAsTheSame_InEveryCulture()
    {
        using var folder = new TemporaryFolder();
        double[] values = [0.1, -1 / 3.0, 1e300, double.Epsilon, double.NaN, double.PositiveInfinity, 123456789.123];
        TestCulture.Use(TestCulture.Invented, () =>
        {
            using var log = Log(folder);
            log.Begin(0);
            foreach (var (i, value) in values.Index())
                log.Append(i + 1, value, -i);
        });
        var read = File.ReadLines(folder.File("loss.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture));
        Assert.That(read, Is.EqualTo(values));
    }

    [TestCase("", "")]
    [TestCase("plain", "plain")]
    [TestCase("a,b", "\"a,b\"")]
    [TestCase("say \"no\"", "\"say \"\"no\"\"\"")]
    [TestCase("two\nlines", "\"two\nlines\"")]
    public void Append_OfTexts_QuotesThem(string text, string written)
    {
        using var folder = new TemporaryFolder();
        using var log = Log(folder);
        log.Begin(0);
        log.Append(1, 2.0, text);
        Assert.That(Text(folder), Is.EqualTo(Header + $"1,2,{written}\n"));
    }

    [Test]
    public void Begin_AtAStep_DropsTheLinesOfLaterOnes()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 10);
        var before = Text(folder);
        using var log = Log(folder);
        Assert.That(log.Begin(6), Is.True);
        Assert.That(Text(folder), Is.EqualTo(before[..before.IndexOf("\n7,", StringComparison.Ordinal)] + "\n"));
        log.Append(7, 0.5, null);
        Assert.That(Text(folder), Does.StartWith(Header + "1,").And.EndWith("\n7,0.5,\n"));
    }

    [Test]
    public void Begin_OfAFreshRun_BeginsTheFileAnew()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 10);
        using var log = Log(folder);
        Assert.That(log.Begin(0), Is.True);
        log.Append(1, 0.5, null);
        Assert.That(Text(folder), Is.EqualTo(Header + "1,0.5,\n"));
    }

    [Test]
    public void Begin_OnAFileInOrder_LeavesItAlone()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 10);
        File.SetLastWriteTimeUtc(folder.File("loss.csv"), DateTime.UnixEpoch);
        using var log = Log(folder);
        log.Begin(10);
        Assert.That(File.GetLastWriteTimeUtc(folder.File("loss.csv")), Is.EqualTo(DateTime.UnixEpoch));
    }

    // What a kill leaves is the file up to some byte; a step's line may look whole and be cut within its last number.
    [Test]
    public void Begin_OnAFileCutAnywhere_KeepsTheWholeLines()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 6);
        var all = File.ReadAllBytes(folder.File("loss.csv"));
        var whole = CsvLines.Read(folder.File("loss.csv")).Select(line => line.Text).ToArray();
        for (var length = 0; length <= all.Length; length++)
        {
            folder.File("loss.csv", all.AsSpan(0, length));
            using (var log = Log(folder))
            {
                Assert.That(log.Begin(6), Is.True);
                log.Append(7, 0.5, null);
            }
            var kept = 0;
            for (var end = 0; kept < whole.Length && (end += whole[kept].Length) <= length;)
                kept++;
            Assert.That(Text(folder), Is.EqualTo(Header + string.Concat(whole.Take(kept).Skip(1)) + "7,0.5,\n"), $"cut at {length}");
            Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
        }
    }

    // Some file systems leave zeros at the end after a power cut.
    [TestCase("\0\0\0\0\0\0")]
    [TestCase("\0\0\0\n")]
    [TestCase("x,1,\n")]
    [TestCase("3,1\n")]
    [TestCase("3,1,,\n")]
    [TestCase("-3,1,\n")]
    [TestCase("\"\n\n\n")]
    public void Begin_OnDamagedLines_DropsThem(string damage)
    {
        using var folder = new TemporaryFolder();
        Write(folder, 1);
        var before = Text(folder);
        File.AppendAllText(folder.File("loss.csv"), damage);
        using var log = Log(folder);
        Assert.That(log.Begin(5), Is.True);
        Assert.That(Text(folder), Is.EqualTo(before));
    }

    [Test]
    public void Begin_OnAFileOfOtherColumns_MovesItAside()
    {
        using var folder = new TemporaryFolder();
        foreach (var other in (string[])["step,loss,held_out\n1,2,\n", "step,loss\n1,2\n"])
        {
            File.WriteAllText(folder.File("loss.csv"), other);
            var told = new List<string>();
            using var log = Log(folder, told);
            Assert.That(log.Begin(5), Is.True);
            Assert.That(told.Single(), Does.Contain("step,loss,note").And.Contain(other.Split('\n')[0]).And.Contain("moved to"));
            log.Append(6, 0.5, null);
            Assert.That(Text(folder), Is.EqualTo(Header + "6,0.5,\n"));
        }
        Assert.That(File.ReadAllText(folder.File("loss.1.csv")), Does.StartWith("step,loss,held_out"));
        Assert.That(File.ReadAllText(folder.File("loss.2.csv")), Does.StartWith("step,loss\n"));
    }

    [Test]
    public void Begin_OnAFileWithWindowsLineEnds_GoesOn()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("loss.csv"), "step,loss,note\r\n1,2,\r\n2,3,x\r\n");
        using var log = Log(folder);
        Assert.That(log.Begin(1), Is.True);
        log.Append(2, 0.5, "ä");
        Assert.That(Text(folder), Is.EqualTo("step,loss,note\r\n1,2,\r\n2,0.5,ä\n"));
    }

    // Lines that somebody put in order another way: the file is written anew, and no byte of what stays changes.
    [Test]
    public void Begin_OnStepsThatDoNotRise_KeepsThoseThatMayStay()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("loss.csv"), Header + "9,1,\n2,1,\"é\nü\"\n8,1,\n1,1,\n");
        using var log = Log(folder);
        Assert.That(log.Begin(3), Is.True);
        Assert.That(Text(folder), Is.EqualTo(Header + "2,1,\"é\nü\"\n1,1,\n"));
    }

    // A folder in the file's place, for a while.
    [Test]
    public void WhatCannotBeWritten_IsToldOnce_AndTriedAgain()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        var blocked = folder.File("run/loss.csv");
        using var log = new CsvLog(blocked, "step", "loss") { Warnings = new Direct<string>(told.Add), Pause = TimeSpan.Zero };
        Assert.That(log.Begin(0), Is.True, "there is no file to be put in order");
        for (var step = 1; step <= 3; step++)
            Assert.That(log.Append(step, 0.5), Is.False);
        Assert.That(told.Single(), Does.Contain(blocked).And.Contain("gap"));
        Directory.CreateDirectory(folder.File("run"));
        Assert.That(log.Append(4, 0.5), Is.True);
        Assert.That(File.ReadAllText(blocked), Is.EqualTo("step,loss\n4,0.5\n"));
        Directory.Delete(folder.File("run"), recursive: true);
    }

    // Putting a file in order may need room for another: the lines wait until there is some, and the old ones stay until then.
    [Test]
    public void Begin_ThatFails_IsTriedAgainAfterAPause()
    {
        using var disk = new SmallDisk(64);
        var told = new List<string>();
        File.WriteAllText(disk.File("loss.csv"), "step,loss\n9,1\n" + string.Concat(Enumerable.Range(1, 5000).Select(_ => "1,0.5\n")));
        CsvLog Pausing(TimeSpan pause) =>
            new(disk.File("loss.csv"), "step", "loss") { Warnings = new Direct<string>(told.Add), Pause = pause };
        using (var patient = Pausing(TimeSpan.FromDays(1)))
        {
            File.WriteAllBytes(disk.File("blocker"), new byte[20_000]);
            Assert.That(patient.Begin(5), Is.False);
            File.Delete(disk.File("blocker"));
            Assert.That(patient.Append(6, 0.5), Is.False, "the pause is not over");
        }
        File.WriteAllBytes(disk.File("blocker"), new byte[20_000]);
        using var log = Pausing(TimeSpan.Zero);
        Assert.That(log.Begin(5), Is.False);
        Assert.That(log.Append(6, 0.5), Is.False);
        Assert.That(told, Has.Count.EqualTo(2).And.All.Contains("space"));
        Assert.That(File.ReadLines(disk.File("loss.csv")).Count(), Is.EqualTo(5002));
        File.Delete(disk.File("blocker"));
        Assert.That(log.Append(7, 0.5), Is.True);
        Assert.That(File.ReadLines(disk.File("loss.csv")).Count(), Is.EqualTo(5002));
        Assert.That(File.ReadAllText(disk.File("loss.csv")), Does.Not.Contain("9,1").And.EndWith("1,0.5\n7,0.5\n"));
    }

    [Test]
    [Platform("Linux")]
    public void Append_OnAFullDisk_IsToldOnce()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        using var log = Log(folder, told);
        log.Begin(0);
        File.CreateSymbolicLink(folder.File("loss.csv"), "/dev/full");
        for (var step = 1; step <= 3; step++)
            Assert.That(log.Append(step, 0.5, null), Is.False);
        Assert.That(told.Single(), Does.Contain("space"));
    }

    [Test]
    public void Append_AfterDispose_OrWithoutBegin_AddsToWhatIsThere()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        var before = Text(folder);
        using var log = Log(folder);
        log.Append(4, 0.5, null);
        log.Dispose();
        log.Append(5, 0.5, null);
        Assert.That(Text(folder), Is.EqualTo(before + "4,0.5,\n5,0.5,\n"));
    }

    [Test]
    public void Append_OfTooFewValues_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var log = Log(folder);
        log.Begin(0);
        Assert.That(() => log.Append(1, 2.0), Throws.ArgumentException.With.Message.Contains("2 values").And.Message.Contains("1."));
    }
}
