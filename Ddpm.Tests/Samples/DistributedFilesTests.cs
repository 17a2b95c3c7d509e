using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Ddpm.Tests.Samples;

/// <summary>samples/Distributed: what starts several processes can be read, and asks the programs for what they have.</summary>
public partial class DistributedFilesTests
{
    private static IEnumerable<string> Files =>
        Directory.GetFiles(Repository.At("samples/Distributed")).Select(file => Path.GetFileName(file)).Order();

    [TestCaseSource(nameof(Files))]
    public void Flags_AreThoseOfTheProgram(string file)
    {
        var text = string.Join('\n', File.ReadLines(PathOf(file)).Where(line => !line.StartsWith("#SBATCH", StringComparison.Ordinal)))
            .Replace("\\\n", " ", StringComparison.Ordinal);
        var called = Call().Matches(text);
        foreach (Match call in called)
        {
            var (code, help, error) = SampleProgram.Call(call.Groups["program"].Value, "--help");
            Assert.That(code, Is.Zero, error);
            var flags = Flag().Matches(call.Groups["flags"].Value).Select(flag => flag.Value).ToArray();
            Assert.That(flags, Is.Not.Empty.And.SubsetOf(Flag().Matches(help).Select(flag => flag.Value)), call.Value);
        }
        Assert.That(called, Has.Count.EqualTo(Path.GetExtension(file) is ".slurm" or ".yaml" ? 1 : 0));
    }

    [TestCase("train.slurm", "--data-type", "--path", "--batchsize", "--out")]
    public void Examples_UseFlagsThatThereAre(string file, params string[] flags)
    {
        Assert.That(Flag().Matches(Example().Match(File.ReadAllText(PathOf(file))).Value).Select(flag => flag.Value), Is.EqualTo(flags));
        Assert.That(flags, Is.SubsetOf(Flag().Matches(SampleProgram.Call("Train", "--help").Output).Select(flag => flag.Value)));
    }

    [TestCase("train.slurm")]
    [TestCase("sample.slurm")]
    [TestCase("merge.slurm")]
    public void Scripts_AreBash(string file)
    {
        if (!File.Exists("/bin/bash"))
            Assert.Ignore("There is no bash on this machine.");
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-n", PathOf(file)]) { RedirectStandardError = true })!;
        Assert.That(bash.StandardError.ReadToEnd(), Is.Empty);
        bash.WaitForExit();
        Assert.That(bash.ExitCode, Is.Zero);
        Assert.That(File.ReadLines(PathOf(file)).First(), Is.EqualTo("#!/bin/bash"));
    }

    [Test]
    public void TrainMpijob_StartsAProcessInEachWorker()
    {
        var job = Read("train-mpijob.yaml");
        Assert.That((job.Of("apiVersion"), job.Of("kind")), Is.EqualTo(("kubeflow.org/v2beta1", "MPIJob")));
        Assert.That(job.Of("spec.mpiReplicaSpecs.Launcher.replicas"), Is.EqualTo("1"));
        var launcher = job.At("spec.mpiReplicaSpecs.Launcher.template.spec.containers.0");
        var words = launcher.List("args");
        var workers = int.Parse(job.Of("spec.mpiReplicaSpecs.Worker.replicas"), CultureInfo.InvariantCulture)
            * int.Parse(job.Of("spec.slotsPerWorker"), CultureInfo.InvariantCulture);
        Assert.That(launcher.List("command"), Is.EqualTo(["mpirun"]));
        Assert.That(words[..2], Is.EqualTo(["-n", $"{workers}"]));
        Assert.That(words.SkipWhile(word => word != "--distributed").ElementAt(1), Is.EqualTo("mpi"));
        HasItsVolumes(job.At("spec.mpiReplicaSpecs.Worker.template.spec"));
    }

    [Test]
    public void SampleJob_HasAsManyShardsAsCompletions()
    {
        var job = Read("sample-job.yaml");
        Assert.That((job.Of("apiVersion"), job.Of("kind"), job.Of("spec.completionMode")), Is.EqualTo(("batch/v1", "Job", "Indexed")));
        var words = job.List("spec.template.spec.containers.0.args");
        Assert.That(words.SkipWhile(word => word != "--shard").ElementAt(1), Is.EqualTo($"kubernetes/{job.Of("spec.completions")}"));
        HasItsVolumes(job.At("spec.template.spec"));
        var merge = Read("merge-job.yaml");
        Assert.That((merge.Of("apiVersion"), merge.Of("kind")), Is.EqualTo(("batch/v1", "Job")));
        Assert.That(merge.List("spec.template.spec.containers.0.args"), Is.EqualTo(["--set", SetOf(words), "--merge"]));
        HasItsVolumes(merge.At("spec.template.spec"));

        static string SetOf(string[] words) => words.SkipWhile(word => word != "--set").ElementAt(1);
    }

    [Test]
    public void SampleSlurm_HasAsManyShardsAsTheArray()
    {
        var text = File.ReadAllText(PathOf("sample.slurm"));
        var last = Regex.Match(text, @"^#SBATCH --array=1-(\d+)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.That(text, Does.Contain($"\"slurm/${{SHARDS:-{last}}}\""));
    }

    private static void HasItsVolumes(Node pod)
    {
        Assert.That(pod.Of("containers.0.volumeMounts.0.name"), Is.EqualTo(pod.Of("volumes.0.name")));
        Assert.That(pod.Of("containers.0.volumeMounts.0.mountPath"), Is.EqualTo("/shared"));
        Assert.That(pod.Of("containers.0.image"), Is.EqualTo("registry.example/ddpm:1"));
    }

    private static string PathOf(string file) => Repository.At(Path.Combine("samples/Distributed", file));

    private static Node Read(string file) => new(new Deserializer().Deserialize<object>(File.ReadAllText(PathOf(file))));

    // Of a shell, from the program to the end of the line; of YAML, from the program to the end of the list or to the next key.
    [GeneratedRegex(
        @"^[^#\n]*(?:\$DDPM/(?<program>\w+)\.dll""(?<flags>.*)|/ddpm/(?<program>\w+)[\],](?<flags>(?:(?!\n +\w+:).|\n)*))",
        RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z_-]+")]
    private static partial Regex Flag();

    [GeneratedRegex(@"^# +sbatch .*$", RegexOptions.Multiline)]
    private static partial Regex Example();

    private sealed record Node(object Value)
    {
        internal Node At(string path) => path.Split('.').Aggregate(this, (node, name) => new(
            node.Value is List<object> list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : ((Dictionary<object, object>)node.Value)[name]));

        internal string Of(string path) => (string)At(path).Value;

        internal string[] List(string path) => [.. ((List<object>)At(path).Value).Cast<string>()];
    }
}
