using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>A process that saves, ended by the operating system at random moments, and begun again in the same folder.</summary>
public class CheckpointKillTests
{
    private const int Bytes = 200_000;

    [TestCase(10)]
    [TestCase(1_000, Category = "Slow")]
    public void Kills_WhileSaving_LeaveTheLastCompletedSave(int kills)
    {
        using var folder = new TemporaryFolder();
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (random, last, done, begun) = (new Random(1), 0, 0, 0);
        while (done < kills)
        {
            var (said, isSaving) = Kill(folder.Path, random);
            Assert.That(said, Has.None.StartsWith("warning").And.None.StartsWith(SaveLoop.Refused));
            last = Math.Max(last, Last(said, SaveLoop.Saved));
            using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(warning => Assert.Fail(warning)));
            Count(State(folder.Path));
            if (store.Newest() is { } newest)
            {
                // One that was whole when the process ended, before it could say so, is newer still.
                var step = Written.Step(newest);
                Assert.That(step, Is.InRange(last, last + 1));
                last = step;
                Assert.That(store.Best(), Is.Not.Null);
            }
            else
                Assert.That(last, Is.Zero);
            begun += isSaving ? 0 : 1;
            done += isSaving ? 1 : 0;
        }
        TestContext.Out.WriteLine($"{done} kills while saving, {begun} before, {last} saves; 0 unreadable, 0 older than the last completed");
        foreach (var (state, count) in seen)
            TestContext.Out.WriteLine($"{count,5} x left {state}");
        Assert.That(seen.Count, Is.GreaterThan(1));

        void Count(string state) => seen[state] = seen.GetValueOrDefault(state) + 1;
    }

    [Test]
    public void TwoProcesses_WithoutReserving_DestroyNothing()
    {
        using var folder = new TemporaryFolder();
        using var one = SaveLoop.Start(folder.Path, Bytes, pause: 60);
        using var other = SaveLoop.Start(folder.Path, Bytes, pause: 60);
        Thread.Sleep(3_000);
        var said = new[] { End(one), End(other) };
        using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(warning => Assert.Fail(warning)));
        var last = Written.Step(store.Newest()!);
        var saves = said.Select(lines => lines.Count(line => line.StartsWith(SaveLoop.Saved, StringComparison.Ordinal)));
        TestContext.Out.WriteLine($"{string.Join(" and ", saves)} saves");
        Assert.That(said, Has.All.Some.StartsWith(SaveLoop.Saved));
        Assert.That(said.Select(lines => Last(lines, SaveLoop.Saving)), Has.Some.EqualTo(last).Or.Some.EqualTo(last + 1));
    }

    [Test]
    public void ProcessThatReserved_KeepsOthersOut_UntilItIsKilled()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        using var process = SaveLoop.Start(folder.Path, Bytes, reserves: true);
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith(SaveLoop.Saved, StringComparison.Ordinal))
        {
        }
        Assert.That(() => store.Write(1), Throws.TypeOf<IOException>().With.Message.Contains("another holds"));
        Assert.That(store.Newest(), Is.Not.Null);
        End(process);
        store.Write(123_456);
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(123_456));
    }

    // Some before the first line, when the newest is looked for; most in the midst of one of the first saves.
    private static (List<string> Said, bool IsSaving) Kill(string folder, Random random)
    {
        using var process = SaveLoop.Start(folder, Bytes);
        var said = new List<string>();
        if (random.Next(20) > 0)
            while (process.StandardOutput.ReadLine() is { } line)
            {
                said.Add(line);
                if (line == SaveLoop.Ready)
                    break;
            }
        var (clock, wait) = (Stopwatch.StartNew(), random.NextDouble() * 60);
        while (clock.Elapsed.TotalMilliseconds < wait)
            Thread.Sleep(0);
        said.AddRange(End(process));
        return (said, said.Contains(SaveLoop.Saving + Last(said, SaveLoop.Saving).ToString(CultureInfo.InvariantCulture)));
    }

    private static List<string> End(Process process)
    {
        process.Kill();
        var said = process.StandardOutput.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Not.Zero, process.StandardError.ReadToEnd());
        return said;
    }

    // The number in the last whole line that begins so, or 0.
    private static int Last(List<string> said, string sign) =>
        said.LastOrDefault(line => line.StartsWith(sign, StringComparison.Ordinal)) is { } line
            ? int.Parse(line[sign.Length..], CultureInfo.InvariantCulture)
            : 0;

    // What the end came in the midst of.
    private static string State(string folder)
    {
        var names = Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).ToList();
        var draft = Path.Combine(folder, CheckpointDraft.Name);
        var writing = !Directory.Exists(draft) ? "" : $".writing with {string.Join(" ", Directory.GetFiles(draft).Select(Path.GetFileName).Order())}";
        var removing = names.Exists(name => name.StartsWith(CheckpointDraft.RemovingPrefix, StringComparison.Ordinal)) ? ".removing" : "";
        return writing + removing is { Length: > 0 } state ? state : "nothing";
    }
}
