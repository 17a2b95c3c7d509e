using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Tests.Distributed;

/// <summary>Processes that are frozen, or that only seem to be.</summary>
public class HeartbeatTests
{
    private const int Timeout = 3;

    // With no patience, so that nothing else finds out.
    [TestCase(0)]
    [TestCase(1, Category = "Slow")]
    [TestCase(2, Category = "Slow")]
    public void OneThatIsFrozen_EndsAll_AndIsNamed(int rank)
    {
        using var folder = new TemporaryFolder();
        using var job = Mpirun.Start(3, "trains", folder.Path, steps: 1_000_000, heartbeat: Timeout);
        var error = job.StandardError.ReadToEndAsync();
        var pids = Enumerable.Range(0, 3).Select(each => folder.File($"{each}.pid")).ToArray();
        var losses = folder.File("0.losses");
        while (!job.HasExited && !(pids.All(File.Exists) && File.Exists(losses) && new FileInfo(losses).Length > 100))
            Thread.Sleep(20);
        Assert.That(job.HasExited, Is.False, () => error.Result);
        Process[] processes = [.. pids.Select(pid => Process.GetProcessById(int.Parse(File.ReadAllText(pid), CultureInfo.InvariantCulture)))];
        using (var stop = Process.Start("kill", ["-STOP", $"{processes[rank].Id}"]))
            stop.WaitForExit();
        var clock = Stopwatch.StartNew();
        var hasEnded = job.WaitForExit(TimeSpan.FromMinutes(1));
        if (!hasEnded)
            job.Kill(entireProcessTree: true);
        Assert.That(hasEnded, Is.True);
        foreach (var process in processes)
            using (process)
                Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.True);
        TestContext.Out.WriteLine($"{clock.Elapsed.TotalSeconds} s");
        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(error.Result, Does.Match($"Process {(rank == 0 ? "[12]" : "0")} has heard nothing of process {rank} for {Timeout} s, and ends"));
    }

    [Test]
    public void OneThatSavesForLong_IsNotTakenForFrozen()
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(2, "rests", folder.Path, steps: 6, heartbeat: 2);
        Assert.That(code, Is.Zero, error);
        Assert.That(double.Parse(File.ReadAllText(folder.File("1.seconds")), CultureInfo.InvariantCulture), Is.GreaterThan(5));
        Assert.That(File.ReadAllText(folder.File("1.beats")), Is.EqualTo("True"));
    }

    [Test]
    public void WithoutAHeartbeat_TheTrainingIsTheSame()
    {
        using var with = new TemporaryFolder();
        using var without = new TemporaryFolder();
        foreach (var (folder, heartbeat) in new[] { (with, 10), (without, 0) })
        {
            var (code, error) = Mpirun.Run(2, "trains", folder.Path, steps: 10, heartbeat: heartbeat);
            Assert.That(code, Is.Zero, error);
        }
        Assert.That(File.ReadAllBytes(with.File("0.weights")), Is.EqualTo(File.ReadAllBytes(without.File("0.weights"))));
    }
}
