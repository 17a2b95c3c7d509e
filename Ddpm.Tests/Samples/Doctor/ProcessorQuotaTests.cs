using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>A container's share of the processors, by the files of both versions of control groups.</summary>
public class ProcessorQuotaTests
{
    private static readonly TestCaseData[] Groups =
    [
        new("0::/\n", new[] { "cpu.max", "200000 100000\n" }, 2.0),
        new("0::/a/b\n", new[] { "a/b/cpu.max", "max 100000\n", "a/cpu.max", "150000 100000\n", "cpu.max", "max 100000\n" }, 1.5),
        new("0::/a/b\n", new[] { "a/b/cpu.max", "50000 100000\n", "a/cpu.max", "150000 100000\n" }, 0.5),
        new("0::/gone\n", new[] { "cpu.max", "400000 100000\n" }, 4.0),
        new("0::/\n", new[] { "cpu.max", "max 100000\n" }, null),
        new(
            "4:cpu,cpuacct:/d\n3:memory:/d\n",
            new[] { "cpu,cpuacct/d/cpu.cfs_quota_us", "250000\n", "cpu,cpuacct/d/cpu.cfs_period_us", "100000\n" }, 2.5),
        new("1:cpu:/\n0::/\n", new[] { "cpu/cpu.cfs_quota_us", "-1\n", "cpu/cpu.cfs_period_us", "100000\n" }, null),
        new("0::/../../etc\n", new[] { "cpu.max", "300000 100000\n" }, 3.0),
        new("nonsense", Array.Empty<string>(), null),
        new("0::/\n", new[] { "cpu.max", "many few\n" }, null),
    ];

    [TestCaseSource(nameof(Groups))]
    public void Read_OfGroups_IsTheLeast(string groups, string[] files, double? expected)
    {
        using var root = new TemporaryFolder();
        Write(root.File("proc/self/cgroup"), groups);
        foreach (var pair in files.Chunk(2))
            Write(root.File("sys/fs/cgroup/" + pair[0]), pair[1]);
        Assert.That(ProcessorQuota.Read(root.Path), Is.EqualTo(expected));
    }

    [Test]
    public void Read_WithoutGroups_IsNone()
    {
        using var root = new TemporaryFolder();
        Assert.That(ProcessorQuota.Read(root.Path), Is.Null);
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
