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

    // Hosts are namespaces of the network, each with a name of its own; mpirun starts its daemon on the other one as by ssh.
    [Test, Category("Slow")]
    public void TwoHosts_TrainTheWeightsOfOne()
    {
        using var folder = new TemporaryFolder();
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/unshare") || Shell("ip netns add ddpma && ip netns add ddpmb") != 0)
            Assert.Ignore("Namespaces of the network need root, ip (iproute2) and unshare.");
        try
        {
            Assert.That(Shell(
                "ip link add ddpma netns ddpma type veth peer name ddpmb netns ddpmb && ip -n ddpma addr add 10.77.0.1/24 dev ddpma "
                + "&& ip -n ddpmb addr add 10.77.0.2/24 dev ddpmb && for n in ddpma ddpmb; do ip -n $n link set lo up; ip -n $n link set $n up; done"),
                Is.Zero);
            var agent = folder.File("agent.sh");
            File.WriteAllText(agent, "#!/bin/sh\nshift\nexec ip netns exec ddpmb unshare -u sh -c \"hostname hostb; $*\"\n");
            Assert.That(Shell($"chmod +x {agent}"), Is.Zero);
            string[] hosts =
            [
                "--mca", "plm_rsh_agent", agent, "--mca", "btl", "tcp,self", "--mca", "oob_tcp_if_include", "10.77.0.0/24",
                "--mca", "btl_tcp_if_include", "10.77.0.0/24", "-x", MpiWorker.Job, "-x", MpiWorker.Folder, "-x", MpiWorker.Steps,
                "-x", "OMP_NUM_THREADS", "--host", "10.77.0.1:1,10.77.0.2:1",
            ];
            using var job = Mpirun.Start(
                2, "trains", folder.Path, 30, null, hosts, ["/usr/bin/env", "ip", "netns", "exec", "ddpma", "unshare", "-u"]);
            var error = job.StandardError.ReadToEndAsync();
            Assert.That(job.WaitForExit(TimeSpan.FromMinutes(3)), Is.True);
            Assert.That(job.ExitCode, Is.Zero, () => error.Result);
            var weights = File.ReadAllBytes(folder.File("0.weights"));
            Assert.That(File.ReadAllBytes(folder.File("1.weights")), Is.EqualTo(weights));
            using var one = new TemporaryFolder();
            Assert.That(Mpirun.Run(2, "trains", one.Path, 30).Code, Is.Zero);
            Assert.That(File.ReadAllBytes(one.File("0.weights")), Is.EqualTo(weights));
        }
        finally
        {
            Shell("ip netns del ddpma; ip netns del ddpmb");
        }
    }

    private static int Shell(string command)
    {
        using var shell = Process.Start("/bin/sh", ["-c", command]);
        shell.WaitForExit();
        return shell.ExitCode;
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
        using var killed = Process.GetProcessById(Pid(rank));
        using var other = Process.GetProcessById(Pid(1 - rank));
        var clock = Stopwatch.StartNew();
        killed.Kill();
        var hasEnded = job.WaitForExit(TimeSpan.FromMinutes(1));
        if (!hasEnded)
            job.Kill(entireProcessTree: true);
        Assert.That(hasEnded, Is.True);
        Assert.That(other.WaitForExit(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(job.ExitCode, Is.Not.Zero);
        return clock.Elapsed.TotalSeconds;

        int Pid(int rank) => int.Parse(File.ReadAllText(folder.File($"{rank}.pid")), CultureInfo.InvariantCulture);
    }
}
