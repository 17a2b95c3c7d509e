using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static Ddpm.Tests.Data.PickleBytes;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data;

/// <summary>Loading as many weights as the paper's network has: 35.7 million float32, 143 MB.</summary>
[Category("Slow")]
public class TensorFileSpeedTests
{
    private const int Tensors = 34, Values = 1_050_000, Rounds = 15;
    private const long Bytes = 4L * Tensors * Values;
    private TemporaryFolder folder = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            folder.File("model.safetensors"), Enumerable.Range(0, Tensors).Select(i => KeyValuePair.Create($"{i}", full(Values, (float)i))));
        var pickle = Program(Dict([.. Enumerable.Range(0, Tensors).SelectMany(
            i => new[] { Text($"{i}"), Tensor(0, [Values], [1], Storage(key: $"{i}", count: Values)) })]));
        var records = Enumerable.Range(0, Tensors).Select(i => new ZipBytes($"a/data/{i}", Repeat(Values, BitConverter.GetBytes((float)i))));
        using var file = File.Create(folder.File("model.pth"));
        ZipBytes.Write(file, PytorchBytes.Records(pickle).Where(record => record.Name != "a/data/0").Concat(records));
    }

    [OneTimeTearDown] public void TearDown() => folder.Dispose();

    // Ratio of medians, taken in turns in one process, so that whatever else the machine does hits both. The plain read goes into memory
    // that is there already; loading has to obtain it. In .pth the checksum of every byte is computed as well, on some processors by table.
    [TestCase("model.safetensors", 0.5)]
    [TestCase("model.pth", 0.05)]
    public void Read_OfTheWholeModel_TakesNoMoreThanAFewPlainReads(string name, double least)
    {
        var (path, buffer) = (folder.File(name), new byte[new FileInfo(folder.File(name)).Length]);
        var (plain, loading) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            plain.Add(Seconds(() =>
            {
                using var stream = File.OpenRead(path);
                stream.ReadExactly(buffer);
            }));
            loading.Add(Seconds(() => Load(path).Dispose()));
        }
        var (read, load) = (plain.Order().ElementAt(Rounds / 2), loading.Order().ElementAt(Rounds / 2));
        TestContext.Out.WriteLine(
            $"plain {read * 1e3:F1} ms, loading {load * 1e3:F1} ms, {Bytes / load / 1e9:F2} GB/s: {read / load:F2} of the speed");
        Assert.That(read / load, Is.GreaterThanOrEqualTo(least));
    }

    // The weights themselves, and at most 30% more at any time.
    [TestCase("model.safetensors")]
    [TestCase("model.pth")]
    public void Read_OfTheWholeModel_TakesLittleMoreMemoryThanTheModel(string name)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The peak can be reset on Linux only.");
        // What earlier tests freed would be used again and hide what this one takes.
        GC.Collect();
        _ = ReturnFreedMemory(0);
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = PeakMegabytes();
        using var model = Load(folder.File(name));
        var grown = PeakMegabytes() - before;
        TestContext.Out.WriteLine($"{grown:F0} MB for {Bytes / 1e6:F0} MB, {grown * 1e6 / Bytes:F2} of the model");
        Assert.That(grown * 1e6 / Bytes, Is.InRange(0.9, 1.3));
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReturnFreedMemory(nuint kept);

    private static DisposeScope Load(string path)
    {
        var scope = NewDisposeScope();
        using var file = TensorFile.Open(path);
        var weights = file.Dictionaries.Single();
        Assert.That(weights.Entries, Has.Count.EqualTo(Tensors));
        foreach (var entry in weights.Entries)
            weights.Read(entry.Name);
        return scope;
    }

    private static double Seconds(Action action)
    {
        var time = Stopwatch.StartNew();
        action();
        return time.Elapsed.TotalSeconds;
    }

    private static double PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
