using System.Text.RegularExpressions;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Sample;

/// <summary>A set of images is the same bytes however it was divided and ended, and what is not whole is not merged.</summary>
public class ShardedSetTests
{
    // Batches of 3: 14 of them, of which the last gives one image.
    private const int Count = 40, Batch = 3;

    private readonly TemporaryFolder folder = new();

    [OneTimeSetUp]
    public void MakeAModelAndItsSets()
    {
        foreach (var (name, seed) in new[] { ("model", 0UL), ("other", 1UL) })
        {
            using var diffusion = new DiffusionBuilder().WithCosineSchedule(20).WithUNet(UNetOptions.Tiny).WithClasses(12).WithDdim(2)
                .WithSeed(seed).Build();
            diffusion.Save(folder.File(name));
        }
        foreach (var format in new[] { "npz", "png" })
        {
            Draw($"{format}-1", [], "--format", format);
            Draw($"{format}-3", [1, 2, 3], "--format", format);
        }
    }

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    [Test]
    public void Merge_OfShardsOfAnyNumber_IsTheSameBytes([Values("npz", "png")] string format, [Values(3, 7, 20)] int shards)
    {
        var name = $"{format}-{shards}-merged";
        // In any order.
        Draw(name, [.. Enumerable.Range(1, shards).Reverse()], "--format", format);
        Merge(name);
        foreach (var file in Files($"{format}-1"))
            Assert.That(File.ReadAllBytes(Path.Combine(folder.File(name), file)),
                Is.EqualTo(File.ReadAllBytes(Path.Combine(folder.File($"{format}-1"), file))), file);
        Assert.That(Directory.GetDirectories(folder.File(name)).Select(Path.GetFileName),
            Is.EqualTo(format == "png" ? ["images"] : Array.Empty<string>()));
    }

    [Test]
    public void Set_IsWhatTheLibraryDrawsOfTheSeedAndTheNumbersOfTheImages()
    {
        using var diffusion = Diffusion.FromPretrained(folder.File("model"));
        var drawn = new List<byte>();
        for (var first = 0; first < Count; first += Batch)
        {
            using var images = diffusion.Sample(Batch, new SamplingOptions
                { Seed = 0, FirstImage = first, BatchSize = Batch, Labels = [.. Enumerable.Range(first, Batch).Select(k => k % 12)] });
            drawn.AddRange(Pixels.ToArray(images));
        }
        var set = new NumpyReader(folder.File("npz-1/set.npz"), new() { Labels = "arr_1" }).Read();
        Assert.That((set.Count, set.Shape), Is.EqualTo((Count, diffusion.Image)));
        Assert.That(set.Labels, Is.EqualTo(Enumerable.Range(0, Count).Select(k => k % 12)));
        var size = (int)set.Shape.Values;
        Assert.That(Enumerable.Range(0, Count).SelectMany(k => Picture.Of(set, k).Pixels.ToArray()), Is.EqualTo(drawn.Take(Count * size)));
        Assert.That(Enumerable.Range(0, Count).SelectMany(k => Picture.Load(folder.File($"png-1/images/{k:D6}.png")).Pixels.ToArray()),
            Is.EqualTo(drawn.Take(Count * size)));
    }

    [Test]
    public void Shard_ThatIsThere_IsNotDrawnAgainUnlessItIsDamaged()
    {
        Copy("npz-3", "damaged");
        var path = folder.File("damaged/shard-00002-of-00003.npz");
        var (whole, time) = (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
        Assert.That(DrawOne("damaged", 2, 3), Does.Contain("shard 2/3 is there and whole"));
        Assert.That(File.GetLastWriteTimeUtc(path), Is.EqualTo(time));
        File.WriteAllBytes(path, whole[..^1]);
        Assert.That(DrawOne("damaged", 2, 3), Does.Contain("shard 2/3: 15 images from 12 on"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(whole));
    }

    [TestCase("--seed 1", "seed is 1 and not 0")]
    [TestCase("--batchsize 4", "batchSize is 4 and not 3")]
    [TestCase("--count 41", "count is 41 and not 40")]
    [TestCase("--sample_steps 3", "sampler is DdimSampler")]
    [TestCase("--guidance 2", "guidance is 2 and not 1")]
    [TestCase("--format png", "format is png and not npz")]
    [TestCase("--weights {other}", "weights is ")]
    public void Shard_OfAnotherSet_IsRefusedBeforeItIsDrawn(string flags, string named)
    {
        Copy("npz-3", "another", "plan.json");
        var given = flags.Replace("{other}", folder.File("other"), StringComparison.Ordinal).Split(' ');
        var error = Refused(Line("another", [.. given, "--shard", "1/3"]));
        Assert.That(error, Does.StartWith("error: --set must name a new folder or that of the same set, but here ").And.Contain(named));
        Assert.That(Directory.GetFileSystemEntries(folder.File("another")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Shards_OfAnotherNumber_AreRefused() =>
        Assert.That(Refused(Line("npz-3", ["--shard", "1/2"])), Does.Contain("shards is 2 and not 3"));

    // {n}: the second shard of three.
    [TestCase("npz", "delete {n}.json", "lacks 1 of 3 shards: 2/3")]
    [TestCase("npz", "delete {n}.npz", "{n}.npz: the file of shard 2/3 is missing")]
    [TestCase("npz", "cut {n}.npz", "{n}.npz: the file of shard 2/3 must have")]
    [TestCase("npz", "change {n}.npz", "{n}.npz: the file of shard 2/3 has the right length, but was changed")]
    [TestCase("npz", "cut {n}.json", "{n}.json: the file must be JSON")]
    [TestCase("npz", "copy {n}.json shard-00003-of-00003.json", "shard-00003-of-00003.json: the file must be of shard 3")]
    [TestCase("npz", "copy {n}.npz shard-00003-of-00003.npz", "shard-00003-of-00003.npz: the file of shard 3/3 must have")]
    [TestCase("npz", "copy {n}.json shard-00002-of-00007.json", "there are others: shard-00002-of-00007.json")]
    [TestCase("npz", "empty {n}.json", "{n}.json: the files must be those of the shard's images")]
    [TestCase("npz", "delete plan.json", "no shard of a set was begun there")]
    [TestCase("npz", "cut plan.json", "plan.json: the file must be JSON")]
    [TestCase("png", "delete images/000020.png", "images/000020.png: the file of shard 2/3 is missing")]
    [TestCase("png", "change images/000020.png", "images/000020.png: the file of shard 2/3 has the right length, but was changed")]
    [TestCase("png", "copy images/000020.png images/000040.png", "only images 0 to 39 may be there, but there are others: 000040.png")]
    [TestCase("png", "copy images/000020.png images/000021.png", "images/000021.png: the file of shard 2/3 ")]
    public void Merge_OfWhatIsNotWhole_SaysWhatIsWrongAndWritesNothing(string format, string damage, string named)
    {
        var name = "broken-" + Guid.NewGuid();
        Copy($"{format}-3", name);
        string Filled(string text) => text.Replace("{n}", "shard-00002-of-00003", StringComparison.Ordinal);
        var words = Filled(damage).Split(' ');
        var path = Path.Combine(folder.File(name), words[1]);
        var content = File.ReadAllBytes(path);
        if (words[0] == "delete")
            File.Delete(path);
        else if (words[0] == "cut")
            File.WriteAllBytes(path, content[..^3]);
        else if (words[0] == "change")
            File.WriteAllBytes(path, [.. content[..^60], (byte)(content[^60] ^ 1), .. content[^59..]]);
        else if (words[0] == "empty")
            File.WriteAllText(path, Regex.Replace(File.ReadAllText(path), @"""files"": \[[^\]]*\]", @"""files"": [null]"));
        else
            File.Copy(path, Path.Combine(folder.File(name), words[2]), overwrite: true);
        Assert.That(Refused(["--set", folder.File(name), "--merge"]).Replace('\\', '/'), Does.Contain(Filled(named)));
        Assert.That(Directory.GetFileSystemEntries(folder.File(name), "set.*"), Is.Empty);
    }

    // A shard of another seed or another model, whole by itself.
    [TestCase("--seed 1", "shard-00002-of-00003.json: the shard is of another set: its seed is 1 and not 0.")]
    [TestCase("--weights {other}", "shard-00002-of-00003.json: the shard is of another set: its weights is ")]
    public void Merge_WithAForeignShard_SaysWhatItIsOf(string flags, string named)
    {
        var (name, foreign) = ($"with{flags[2]}", $"foreign{flags[2]}");
        DrawOne(foreign, 2, 3, flags.Replace("{other}", folder.File("other"), StringComparison.Ordinal).Split(' '));
        Copy("npz-3", name);
        Copy(foreign, name, "shard-*");
        Assert.That(Refused(["--set", folder.File(name), "--merge"]), Does.Contain(named));
    }

    [Test]
    public void Merge_BeforeAllShardsAreThere_SaysWhichAreNot()
    {
        Copy("npz-3", "begun");
        File.Delete(folder.File("begun/shard-00001-of-00003.json"));
        File.Delete(folder.File("begun/shard-00003-of-00003.json"));
        Directory.CreateDirectory(folder.File("begun/shard-00003-of-00003.part"));
        Assert.That(Refused(["--set", folder.File("begun"), "--merge"]),
            Does.EndWith("begun lacks 2 of 3 shards: 1/3, 3/3. 1 of them were begun: the same command goes on with them.\n"));
    }

    [Test]
    [Category("Slow")]
    public void Shard_ThatIsKilled_GoesOnToTheSameBytes() => Kill("killed", Count, Batch, kills: 2);

    [Test, Category("Slow")]
    public void Shards_OfAThousandImages_WithOneThatIsKilled_AreTheSameBytes() => Kill("thousand", 1000, 16, kills: 10);

    // Room for some of the batches, and for all of them but not for the archive. What is there is right: elsewhere the shard goes on with it.
    [Test]
    public void Shard_OnAFullDisk_FailsAndGoesOnWhereThereIsRoom([Values(40, 84)] int kilobytes)
    {
        using var disk = new SmallDisk(kilobytes);
        Assert.That(Refused(Line(disk.File("set"), [])), Does.Contain("space"));
        var there = Directory.GetFiles(disk.File("set"), "*.images", SearchOption.AllDirectories).Length;
        Assert.That(there, kilobytes == 40 ? Is.InRange(1, 13) : Is.EqualTo(14));
        Copy(disk.File("set"), $"disk-{kilobytes}");
        Assert.That(Draw($"disk-{kilobytes}", []), Does.Contain($"{Math.Min(there * Batch, Count)} of them were there already"));
        Assert.That(File.ReadAllBytes(folder.File($"disk-{kilobytes}/set.npz")), Is.EqualTo(File.ReadAllBytes(folder.File("npz-1/set.npz"))));
    }

    // Even the folder is made by whoever is first.
    [Test]
    public void Shards_ThatBeginAtTheSameMoment_DoNotDisturbEachOther()
    {
        var processes = Enumerable.Range(0, 4).Select(rank =>
        {
            var start = SampleProgram.StartOf("Sample", Line("new/at-once", ["--shard", "mpi"]));
            (start.Environment["PMI_RANK"], start.Environment["PMI_SIZE"]) = ($"{rank}", "4");
            return System.Diagnostics.Process.Start(start)!;
        }).ToArray();
        foreach (var process in processes)
            using (process)
            {
                process.WaitForExit();
                Assert.That(process.ExitCode, Is.Zero);
            }
        Merge("new/at-once");
        Assert.That(File.ReadAllBytes(folder.File("new/at-once/set.npz")), Is.EqualTo(File.ReadAllBytes(folder.File("npz-1/set.npz"))));
    }

    // Each of 3 and of 7 shards; the second is killed whenever it has drawn a batch, and then drawn to its end.
    private void Kill(string name, int count, int batch, int kills)
    {
        string[] given = ["--count", $"{count}", "--batchsize", $"{batch}", "--sampler", "ddpm", "--sample_steps", "20"];
        Draw($"{name}-1", [], given);
        foreach (var shards in new[] { 3, 7 })
        {
            var (set, part) = ($"{name}-{shards}", folder.File($"{name}-{shards}/shard-00002-of-0000{shards}.part"));
            var killed = 0;
            for (var ended = false; killed < kills && !ended;)
            {
                var before = Batches(part);
                var start = SampleProgram.StartOf("Sample", Line(set, [.. given, "--shard", $"auto/{shards}"]));
                start.Environment["JOB_COMPLETION_INDEX"] = "1";
                using var process = System.Diagnostics.Process.Start(start)!;
                while (!(ended = process.HasExited) && Batches(part) == before)
                    Thread.Sleep(1);
                process.Kill();
                process.WaitForExit();
                killed += ended ? 0 : 1;
            }
            Assert.That(killed, Is.Positive);
            TestContext.Out.WriteLine($"{shards} shards: killed {killed} times");
            Draw(set, [.. Enumerable.Range(1, shards)], given);
            Merge(set);
            foreach (var file in new[] { "set.npz", "set.json" })
                Assert.That(File.ReadAllBytes(folder.File($"{set}/{file}")), Is.EqualTo(File.ReadAllBytes(folder.File($"{name}-1/{file}"))));
            Assert.That(Directory.GetDirectories(folder.File(set)), Is.Empty);
        }

        static int Batches(string part) =>
            Directory.Exists(part) ? Directory.GetFiles(part, "*.images", SearchOption.AllDirectories).Length : 0;
    }

    private string[] Line(string set, string[] flags) =>
    [
        .. flags.Contains("--weights") ? Array.Empty<string>() : ["--weights", folder.File("model")],
        .. flags.Contains("--count") ? Array.Empty<string>() : ["--count", $"{Count}"],
        .. flags.Contains("--batchsize") ? Array.Empty<string>() : ["--batchsize", $"{Batch}"],
        .. flags, "--device", "cpu", "--set", folder.File(set),
    ];

    // No shards: all at once.
    private string Draw(string set, int[] shards, params string[] flags) => shards.Length == 0
        ? Run(Line(set, flags))
        : string.Concat(shards.Select(shard => DrawOne(set, shard, shards.Length, flags)));

    private string DrawOne(string set, int shard, int of, params string[] flags) => Run(Line(set, [.. flags, "--shard", $"{shard}/{of}"]));

    private void Merge(string set) => Run(["--set", folder.File(set), "--merge"]);

    private static string Run(string[] line)
    {
        var (code, output, error) = SampleProgram.Call("Sample", line);
        Assert.That(code, Is.Zero, output + error);
        return output;
    }

    private static string Refused(string[] line)
    {
        var (code, output, error) = SampleProgram.Call("Sample", line);
        Assert.That(code, Is.EqualTo(1), output + error);
        Assert.That(error.IndexOf('\n', StringComparison.Ordinal), Is.EqualTo(error.Length - 1), error);
        return error;
    }

    private IEnumerable<string> Files(string set) =>
        Directory.GetFiles(folder.File(set), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.File(set), path))
            .Where(name => name.StartsWith("set.", StringComparison.Ordinal) || name.StartsWith("images", StringComparison.Ordinal));

    private void Copy(string set, string to, string files = "*")
    {
        foreach (var path in Directory.GetFiles(folder.File(set), files, SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder.File(to), Path.GetRelativePath(folder.File(set), path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target, overwrite: true);
        }
    }
}
