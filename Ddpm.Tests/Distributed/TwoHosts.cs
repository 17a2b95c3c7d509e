using System.Diagnostics;

namespace Ddpm.Tests.Distributed;

/// <summary>
/// Two hosts on this machine: namespaces of the network, each with a name of its own. mpirun starts its daemon on the other one as by ssh. Where they
/// cannot be made, the test is skipped.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    private readonly TemporaryFolder folder = new();

    internal TwoHosts()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/unshare") || Shell("ip netns add ddpma && ip netns add ddpmb") != 0)
            Assert.Ignore("Namespaces of the network need root, ip (iproute2) and unshare.");
        Assert.That(Shell(
            "ip link add ddpma netns ddpma type veth peer name ddpmb netns ddpmb && ip -n ddpma addr add 10.77.0.1/24 dev ddpma "
            + "&& ip -n ddpmb addr add 10.77.0.2/24 dev ddpmb && for n in ddpma ddpmb; do ip -n $n link set lo up; ip -n $n link set $n up; done"),
            Is.Zero);
        var agent = folder.File("agent.sh");
        File.WriteAllText(agent, "#!/bin/sh\nshift\nexec ip netns exec ddpmb unshare -u sh -c \"hostname hostb; $*\"\n");
        Assert.That(Shell($"chmod +x {agent}"), Is.Zero);
        Arguments =
        [
            "--mca", "plm_rsh_agent", agent, "--mca", "btl", "tcp,self", "--mca", "oob_tcp_if_include", "10.77.0.0/24",
            "--mca", "btl_tcp_if_include", "10.77.0.0/24", "-x", MpiWorker.Job, "-x", MpiWorker.Folder, "-x", MpiWorker.Steps,
            "-x", MpiWorker.Heartbeat, "-x", "OMP_NUM_THREADS", "--host", "10.77.0.1:1,10.77.0.2:1",
        ];
    }

    /// <summary>Arguments of mpirun that put a process on each.</summary>
    internal string[] Arguments { get; }

    /// <summary>A command that starts mpirun on the first.</summary>
    internal static string[] Before { get; } = ["/usr/bin/env", "ip", "netns", "exec", "ddpma", "unshare", "-u"];

    /// <summary>From now on neither hears the other.</summary>
    internal static void Cut() => Assert.That(Shell("ip -n ddpmb link set ddpmb down"), Is.Zero);

    public void Dispose()
    {
        Shell("ip netns del ddpma; ip netns del ddpmb");
        folder.Dispose();
    }

    private static int Shell(string command)
    {
        using var shell = Process.Start("/bin/sh", ["-c", command]);
        shell.WaitForExit();
        return shell.ExitCode;
    }
}
