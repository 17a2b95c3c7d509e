using System.Diagnostics;
using System.Globalization;
using Ddpm.Tests.Data.TensorBoard;

namespace Ddpm.Tests.Data;

public class KilledLogsTests
{
    // A run that is killed at random moments, and goes on each time a few steps before where it was.
    [Test]
    public void ARunThatIsKilledTenTimes_LosesNothingThatItWasToldIsWritten()
    {
        using var folder = new TemporaryFolder();
        var (random, after) = (new Random(11), 0);
        for (var kill = 0; kill < 10; kill++)
        {
            var told = RunAndKill(folder.Path, after, TimeSpan.FromMilliseconds(random.Next(1, 60)));
            var shown = TensorBoardView.Of(folder.Path)["loss"];
            Assert.That(shown.Count, Is.InRange(told, told + 1), "one step may be written and not yet told");
            Assert.That(shown.Index().All(point => point.Item.Step == point.Index + 1 && point.Item.Value == point.Item.Step), Is.True);
            var lines = CsvLines.Read(folder.File("loss.csv")).Where(line => line.IsWhole).Select(line => line.Text).ToArray();
            Assert.That(lines.Length - 1, Is.InRange(told, told + 1));
            Assert.That(lines.Skip(1).Index().All(line => line.Item == $"{line.Index + 1},{line.Index + 1}\n"), Is.True);
            after = Math.Max(0, told - random.Next(0, 20));
        }
        Assert.That(Directory.GetFiles(folder.Path, "*tfevents*"), Has.Length.EqualTo(10));
    }

    // The last step that it said was written.
    private static int RunAndKill(string folder, int after, TimeSpan life)
    {
        using var process = new Process
        {
            StartInfo = new("dotnet", [typeof(KilledWriter).Assembly.Location]) { RedirectStandardOutput = true },
        };
        process.StartInfo.Environment[KilledWriter.Folder] = folder;
        process.StartInfo.Environment[KilledWriter.After] = after.ToString(CultureInfo.InvariantCulture);
        process.Start();
        using var output = process.StandardOutput.BaseStream;
        var (step, told) = (new byte[sizeof(int)], after);
        var clock = new Stopwatch();
        while (output.ReadAtLeast(step, step.Length, throwOnEndOfStream: false) == step.Length)
        {
            told = BitConverter.ToInt32(step);
            clock.Start();
            if (clock.Elapsed > life)
                process.Kill();
        }
        process.WaitForExit();
        return told;
    }
}
