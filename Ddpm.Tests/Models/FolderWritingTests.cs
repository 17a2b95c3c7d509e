namespace Ddpm.Tests.Models;

/// <summary>Folders are written whole or not at all, and one that is damaged is refused by name.</summary>
public class FolderWritingTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    private static Diffusion Model() => new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options).Build();

    [Test]
    public void Save_ThatFailsHalfWay_LeavesTheOlderModelWhole()
    {
        using var folder = new TemporaryFolder();
        using (var model = Model())
            model.Save(folder.Path);
        var before = Contents();
        using (var other = new DiffusionBuilder().WithCosineSchedule(30).WithUNet(Options).WithSeed(1).Build())
        {
            // The second file cannot be put there: the first must not be either.
            var description = File.ReadAllText(folder.File("ddpm.json"));
            File.Delete(folder.File("ddpm.json"));
            Directory.CreateDirectory(folder.File("ddpm.json"));
            Assert.That(() => other.Save(folder.Path), Throws.InstanceOf<IOException>().With.Message.Contains("ddpm.json"));
            Directory.Delete(folder.File("ddpm.json"));
            File.WriteAllText(folder.File("ddpm.json"), description);
            Assert.That(Contents(), Is.EqualTo(before));
            other.Save(folder.Path);
        }
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Process.Schedule, Is.TypeOf<CosineSchedule>());
        Assert.That(Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(["ddpm.json", "model.safetensors"]));

        Dictionary<string, string> Contents() =>
            Directory.GetFileSystemEntries(folder.Path).ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));
    }

    [Test]
    public void Save_ToAFileOrIntoAPipeline_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var file = folder.File("file", [1]);
        Assert.That(() => model.Save(file), Throws.InstanceOf<IOException>().With.Message.Contains(file));
        Assert.That(() => model.SavePretrained(file), Throws.InstanceOf<IOException>().With.Message.Contains(file));
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(new byte[] { 1 }));

        // Which of the two would a reader take?
        model.Save(folder.File("own"));
        Assert.That(() => model.SavePretrained(folder.File("own")), Throws.InstanceOf<IOException>().With.Message.Contains("ddpm.json"));
        model.SavePretrained(folder.File("pipeline"));
        Assert.That(() => model.Save(folder.File("pipeline")), Throws.InstanceOf<IOException>().With.Message.Contains("model_index.json"));
        File.Copy(folder.File("own/ddpm.json"), folder.File("pipeline/ddpm.json"));
        Assert.That(() => Diffusion.FromPretrained(folder.File("pipeline")),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("both ddpm.json and model_index.json"));
    }

    [TestCase(""), TestCase("null"), TestCase("[]"), TestCase("{\"format\": \"ddpm-1\"}")]
    [TestCase("{\"format\": \"ddpm-1\", \"format\": \"ddpm-1\"}")]
    [TestCase("not JSON"), TestCase("{\"format\": 1}"), TestCase("\u0000")]
    public void Load_OfADamagedDescription_NamesTheFile(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("ddpm.json"), content);
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("ddpm.json"));
    }

    [Test]
    public void SavePretrained_ThatFailsHalfWay_LeavesTheOlderPipelineWhole()
    {
        using var folder = new TemporaryFolder();
        using (var model = Model())
            model.SavePretrained(folder.Path);
        var before = Contents();
        using var other = new DiffusionBuilder().WithCosineSchedule(30).WithUNet(Options).WithSeed(1).Build();
        var (scheduler, kept) = (folder.File("scheduler/scheduler_config.json"), folder.File("kept"));
        File.Move(scheduler, kept);
        Directory.CreateDirectory(scheduler);
        Assert.That(() => other.SavePretrained(folder.Path), Throws.InstanceOf<IOException>().With.Message.Contains("scheduler_config.json"));
        Directory.Delete(scheduler);
        File.Move(kept, scheduler);
        Assert.That(Contents(), Is.EqualTo(before));
        other.SavePretrained(folder.Path);
        Assert.That(Contents().Keys, Is.EquivalentTo(before.Keys));
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Process.Schedule, Is.TypeOf<CosineSchedule>());

        Dictionary<string, string> Contents() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));
    }
}
