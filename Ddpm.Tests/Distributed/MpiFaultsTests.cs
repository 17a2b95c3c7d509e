using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Tests.Distributed;

/// <summary>Processes that are killed, alone or on another host.</summary>
public class MpiFaultsTests
{
    [Test]
    public void OneThatIsKilled_EndsAll([Values(0, 1)] int rank)
    {
        using var folder = new TemporaryFolder();
        using var job = Mpirun.Start(2, "trains", folder.Path, steps: 1_000_000);
        TestContext.Out.WriteLine($"{Kill(job, folder, rank, () => HasTrained(folder))} s");
    }

    // With as many processes the sums are the same to the bit, so that nothing may differ from a run that was never killed.
    [Test, Category("Slow")]
    public void ARunThatIsKilledThirtyTimes_LosesNothingPastItsLastCheckpoint()
    {
        using var parts = new TemporaryFolder();
        var (random, longest) = (new Random(17), 0.0);
        for (var kill = 0; kill < 30; kill++)
        {
            foreach (var left in Directory.GetFiles(parts.Path))
                File.Delete(left);
            using var job = Mpirun.Start(2, "models", parts.Path, steps: 1_000_000);
            var (life, begins) = (TimeSpan.FromMilliseconds(random.Next(0, 1500)), kill % 3 == 0);
            longest = Math.Max(longest, Kill(job, parts, random.Next(2), () =>
            {
                if (!begins && !File.Exists(parts.File("1.step")))
                    return false;
                Thread.Sleep(life);
                return true;
            }));
        }
        var before = File.ReadAllLines(parts.File("out/loss.csv")).Length;
        Assert.That(Mpirun.Run(2, "models", parts.Path, before + 10).Code, Is.Zero);
        using var whole = new TemporaryFolder();
        Assert.That(Mpirun.Run(2, "models", whole.Path, before + 10).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(parts.File("0.weights")), Is.EqualTo(File.ReadAllBytes(whole.File("0.weights"))));
        TestContext.Out.WriteLine($"{before} steps, ended within {longest} s");
        Assert.That(before, Is.GreaterThan(10));
    }

    [Test, Category("Slow")]
    public void TwoHosts_TrainTheWeightsOfOne()
    {
        using var folder = new TemporaryFolder();
        using var hosts = new TwoHosts();
        using var job = Mpirun.Start(2, "trains", folder.Path, 30, null, hosts.Arguments, TwoHosts.Before);
        var error = job.StandardError.ReadToEndAsync();
        Assert.That(job.WaitForExit(TimeSpan.FromMinutes(3)), Is.True);
        Assert.That(job.ExitCode, Is.Zero, () => error.Result);
        var weights = File.ReadAllBytes(folder.File("0.weights"));
        Assert.That(File.ReadAllBytes(folder.File("1.weights")), Is.EqualTo(weights));
        using var one = new TemporaryFolder();
        Assert.That(Mpirun.Run(2, "trains", one.Path, 30).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(one.File("0.weights")), Is.EqualTo(weights));
    }

    // By TCP alone nobody would notice for minutes: what is sent is only kept until the other answers.
    [Test, Category("Slow")]
    public void TwoHostsThatLoseEachOther_BothEnd()
    {
        using var folder = new TemporaryFolder();
        using var hosts = new TwoHosts();
        using var job = Mpirun.Start(2, "trains", folder.Path, 1_000_000, null, hosts.Arguments, TwoHosts.Before, heartbeat: 3);
        var error = job.StandardError.ReadToEndAsync();
        while (!job.HasExited && !(File.Exists(folder.File("1.pid")) && HasTrained(folder)))
            Thread.Sleep(20);
        Assert.That(job.HasExited, Is.False, () => error.Result);
        using var first = Process.GetProcessById(Pid(folder, 0));
        using var second = Process.GetProcessById(Pid(folder, 1));
        TwoHosts.Cut();
        var clock = Stopwatch.StartNew();
        Assert.That(first.WaitForExit(TimeSpan.FromSeconds(30)) && second.WaitForExit(TimeSpan.FromSeconds(30)), Is.True);
        var ended = clock.Elapsed.TotalSeconds;
        var hasEnded = job.WaitForExit(TimeSpan.FromSeconds(30));
        TestContext.Out.WriteLine($"processes {ended} s, mpirun {(hasEnded ? $"{clock.Elapsed.TotalSeconds} s" : "not in 30 s more")}");
        if (!hasEnded)
            job.Kill(entireProcessTree: true);
        Assert.That(error.Result, Does.Contain($"Process 0 has heard nothing of process 1 for {3} s"));
    }

    private static bool HasTrained(TemporaryFolder folder) =>
        File.Exists(folder.File("0.losses")) && new FileInfo(folder.File("0.losses")).Length > 100;

    // The seconds from the kill until the job and all its processes have ended.
    private static double Kill(Process job, TemporaryFolder folder, int rank, Func<bool> isTime)
    {
        var error = job.StandardError.ReadToEndAsync();
        while (!job.HasExited && !(File.Exists(folder.File("0.pid")) && File.Exists(folder.File("1.pid")) && isTime()))
            Thread.Sleep(20);
        Assert.That(job.HasExited, Is.False, () => error.Result);
        using var killed = Process.GetProcessById(Pid(folder, rank));
        using var other = Process.GetProcessById(Pid(folder, 1 - rank));
        var clock = Stopwatch.StartNew();
        killed.Kill();
        var hasEnded = job.WaitForExit(TimeSpan.FromMinutes(1));
        if (!hasEnded)
            job.Kill(entireProcessTree: true);
        Assert.That(hasEnded, Is.True);
        Assert.That(other.WaitForExit(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(job.ExitCode, Is.Not.Zero);
        return clock.Elapsed.TotalSeconds;
    }

    private static int Pid(TemporaryFolder folder, int rank) => int.Parse(File.ReadAllText(folder.File($"{rank}.pid")), CultureInfo.InvariantCulture);
}
