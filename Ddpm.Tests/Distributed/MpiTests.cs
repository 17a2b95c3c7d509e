using System.Globalization;
using System.Runtime.InteropServices;
using Ddpm.Distributed;

namespace Ddpm.Tests.Distributed;

/// <summary>Processes that mpirun starts.</summary>
public class MpiTests
{
    [Test]
    public void IsAvailable_OrSaysWhatToInstall()
    {
        if (MpiGradientSync.IsAvailable(out var whyNot))
            Assert.That(whyNot, Is.Null);
        else
            Assert.That(whyNot, Does.Contain("libopenmpi3").And.Contain("mpich"));
    }

    [Test]
    public void Options_RefuseTimesOutOfRange()
    {
        Assert.That(() => new MpiOptions { Patience = TimeSpan.Zero },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Patience"));
        Assert.That(() => new MpiOptions { HeartbeatTimeout = TimeSpan.FromSeconds(0.9) },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("HeartbeatTimeout"));
        Assert.That(() => new MpiOptions { HeartbeatTimeout = TimeSpan.FromDays(25) }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(new MpiOptions { HeartbeatTimeout = null, Patience = null }.HeartbeatTimeout, Is.Null);
    }

    [Test]
    public void Sums_AreRight_AndTheSameBitsInAll([Values(1, 3)] int size)
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(size, "sums", folder.Path);
        Assert.That(code, Is.Zero, error);
        var all = Enumerable.Range(0, size).Select(rank => File.ReadAllBytes(folder.File($"{rank}.sums"))).ToArray();
        Assert.That(all.All(bytes => bytes.AsSpan().SequenceEqual(all[0])), Is.True);
        var floats = MemoryMarshal.Cast<byte, float>(all[0].AsSpan(4 + 40, 4 * 9_000_001));
        Assert.That(MemoryMarshal.Read<float>(all[0]), Is.EqualTo(Sum(0)).Within(1e-6));
        for (var i = 0; i < floats.Length; i++)
            if (!(Math.Abs(floats[i] - Sum(i)) < 1e-6))
                Assert.Fail($"{i} is {floats[i]}, not {Sum(i)}");
        var doubles = MemoryMarshal.Cast<byte, double>(all[0].AsSpan(4, 40));
        for (var i = 0; i < doubles.Length; i++)
            Assert.That(doubles[i], Is.EqualTo(Sum(i)).Within(1e-15));
        var numbers = MemoryMarshal.Cast<byte, long>(all[0].AsSpan(44 + floats.Length * 4, 80)).ToArray();
        Assert.That(numbers, Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(BitConverter.ToDouble(all[0].AsSpan(^8..)), Is.EqualTo((size - 1) / 2.0).Within(1e-15));

        double Sum(int i) => Enumerable.Range(0, size).Sum(rank => MpiWorker.Brought(rank, i));
    }

    [TestCase(25)]
    [TestCase(100, Category = "Slow")]
    public void OneTwoAndThreeProcesses_TrainTheSameWeights(int steps)
    {
        var trained = new List<(byte[] Weights, double[] Losses)>();
        foreach (var size in (int[])[1, 2, 3])
        {
            using var folder = new TemporaryFolder();
            var (code, error) = Mpirun.Run(size, "trains", folder.Path, steps);
            Assert.That(code, Is.Zero, error);
            var all = Enumerable.Range(0, size).Select(rank => File.ReadAllBytes(folder.File($"{rank}.weights"))).ToArray();
            Assert.That(all.All(bytes => bytes.AsSpan().SequenceEqual(all[0])), Is.True, $"{size} processes");
            Assert.That(Enumerable.Range(0, size).Select(rank => File.ReadAllText(folder.File($"{rank}.losses"))).Distinct().Count(), Is.EqualTo(1));
            var losses = File.ReadLines(folder.File("0.losses")).Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            trained.Add((all[0], [.. losses]));
            TestContext.Out.WriteLine($"{size}: {Distance(all[0], trained[0].Weights)}, {File.ReadAllText(folder.File("0.seconds"))} s");
            Assert.That(Distance(all[0], trained[0].Weights), Is.LessThan(1e-6), $"{size} processes");
            Assert.That(trained[^1].Losses, Has.Length.EqualTo(steps).And.EqualTo(trained[0].Losses).Within(1e-4));
        }
    }

    [TestCase(2, 25)]
    [TestCase(2, 100, Category = "Slow")]
    [TestCase(3, 100, Category = "Slow")]
    public void ProcessesThatShareTheUpdate_TrainTheSameBits(int size, int steps)
    {
        byte[][] Train(string job)
        {
            using var folder = new TemporaryFolder();
            var (code, error) = Mpirun.Run(size, job, folder.Path, steps);
            Assert.That(code, Is.Zero, error);
            return [.. Enumerable.Range(0, size).Select(rank => File.ReadAllBytes(folder.File($"{rank}.weights")))];
        }
        var plain = Train("trains")[0];
        foreach (var weights in Train($"trains{MpiWorker.Sharded}"))
            Assert.That(weights.AsSpan().SequenceEqual(plain), Is.True);
    }

    // Process 0 alone saves, for which the others hand over what they have.
    [Test, Category("Slow")]
    public void ARunThatIsShared_IsSavedAsAnyOther_AndGoesOnWithAnyNumber()
    {
        TemporaryFolder Train(params (int Size, string Job, int Steps)[] runs)
        {
            var folder = new TemporaryFolder();
            foreach (var (size, job, steps) in runs)
            {
                var (code, error) = Mpirun.Run(size, job, folder.Path, steps);
                Assert.That(code, Is.Zero, error);
            }
            return folder;
        }
        const string Plain = "models", Shared = $"models{MpiWorker.Sharded}";
        using var two = Train((2, Plain, 12));
        using var both = Train((2, Shared, 12));
        foreach (var file in Directory.GetFiles(two.File("out"), "*.safetensors", SearchOption.AllDirectories))
            Assert.That(File.ReadAllBytes(file), Is.EqualTo(File.ReadAllBytes(both.File(Path.GetRelativePath(two.Path, file)))), file);
        Assert.That(Directory.GetFiles(two.File("out/model"), "*.safetensors"), Is.Not.Empty);
        using var whole = Train((1, Plain, 40));
        using var parts = Train((1, Plain, 10), (3, Shared, 20), (2, Shared, 30), (1, Plain, 40));
        var (trained, expected) = (File.ReadAllBytes(parts.File("0.weights")), File.ReadAllBytes(whole.File("0.weights")));
        TestContext.Out.WriteLine($"{Distance(trained, expected)}");
        Assert.That(Distance(trained, expected), Is.LessThan(1e-6));
    }

    [Test]
    [Category("Slow")]
    public void ARunOfTwo_GoesOnWithThree_AndThenAlone()
    {
        byte[] Train(TemporaryFolder folder, int size, int steps)
        {
            var (code, error) = Mpirun.Run(size, "models", folder.Path, steps);
            Assert.That(code, Is.Zero, error);
            var all = Enumerable.Range(0, size).Select(rank => File.ReadAllBytes(folder.File($"{rank}.weights"))).ToArray();
            Assert.That(all.All(bytes => bytes.AsSpan().SequenceEqual(all[0])), Is.True, $"{size} processes");
            return all[0];
        }
        using var whole = new TemporaryFolder();
        var expected = Train(whole, 1, 30);
        using var parts = new TemporaryFolder();
        var early = Train(parts, 2, 10);
        Train(parts, 3, 20);
        var trained = Train(parts, 1, 30);
        TestContext.Out.WriteLine($"{Distance(trained, expected)}, and {Distance(early, expected)} before");
        Assert.That(Distance(early, expected), Is.GreaterThan(1e-3));
        Assert.That(Distance(trained, expected), Is.LessThan(1e-6));
        Assert.That(File.ReadAllLines(parts.File("out/loss.csv")), Has.Length.EqualTo(File.ReadAllLines(whole.File("out/loss.csv")).Length));
    }

    [Test]
    public void AnExceptionInOne_EndsAll_AndIsWritten()
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(2, "fails", folder.Path);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("Process 1 of 2 failed").And.Contain("bad luck").And.Contain(nameof(InvalidDataException)));
    }

    [Test]
    public void ACancellationOfAll_ComesOutOfRun()
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(2, "cancelled", folder.Path);
        Assert.That(code, Is.EqualTo(3));
        Assert.That(error, Does.Contain("out of Run: System.OperationCanceledException: by all"));
    }

    [TestCase(2, false)]
    [TestCase(3, true)]
    public void OneThatHangs_EndsAll_AfterThePatience(int size, bool hasHeartbeat)
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(size, "hangs", folder.Path, patience: 4, heartbeat: hasHeartbeat ? 10 : 0);
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Match($"Process [0-{size - 2}] has waited {4} s for {(hasHeartbeat ? $"process {size - 1}" : "the others")}, and"));
    }

    [Test]
    public void Signals_StayThoseOfDotNet()
    {
        using var folder = new TemporaryFolder();
        var (code, error) = Mpirun.Run(2, "null", folder.Path);
        Assert.That(code, Is.Zero, error);
    }

    private static double Distance(byte[] weights, byte[] others)
    {
        var a = MemoryMarshal.Cast<byte, float>(weights);
        var b = MemoryMarshal.Cast<byte, float>(others);
        var (difference, size) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
            (difference, size) = (difference + Math.Pow(a[i] - b[i], 2), size + Math.Pow(b[i], 2));
        return Math.Sqrt(difference / size);
    }
}
