using System.Text.Json;

namespace Ddpm.Tests.Samples.Evaluate;

/// <summary>The program from beginning to end, on a network that nobody trained.</summary>
public class EvaluateRunsTests
{
    private static readonly string[] Small = ["--data_type", "shapes", "--features", "random", "--loss", "4", "--batchsize", "4"];

    private readonly TemporaryFolder folder = new();

    private string Model => folder.File("model");

    [OneTimeSetUp]
    public void MakeAModel()
    {
        using var diffusion = new DiffusionBuilder().WithCosineSchedule(20).WithUNet(UNetOptions.Tiny).WithClasses(12).WithDdim(2).Build();
        diffusion.Save(Model);
    }

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    [Test]
    public void Evaluate_OfAModel_WritesAPageFiguresAndStatisticsToCompareWith()
    {
        var result = Run(["--weights", Model, .. Small, "--count", "10", "--bits", "2"], "model-run");
        var measures = result.GetProperty("measures").EnumerateArray().ToDictionary(each => $"{each.GetProperty("key")}");
        Assert.That(measures.Keys, Is.EqualTo(new[] { "frechet", "kernel", "precision", "recall", "density", "coverage" }));
        var distance = measures["frechet"].GetProperty("value").GetDouble();
        Assert.That(distance, Is.GreaterThan(measures["frechet"].GetProperty("ofRealImages").GetDouble()).And.GreaterThan(0));
        Assert.That(measures["frechet"].GetProperty("name").GetString(), Is.EqualTo("Fréchet distance, random projection of 3x16x16"));
        Assert.That(result.GetProperty("bits").GetProperty("terms").GetArrayLength(), Is.EqualTo(20));
        Assert.That(result.GetProperty("loss").GetProperty("steps").GetArrayLength(), Is.EqualTo(20));
        Assert.That(result.GetProperty("memorisation").GetProperty("distances").GetArrayLength(), Is.EqualTo(10));
        Assert.That(File.ReadAllText(folder.File("model-run/report.html")), Does.Contain("Bits per dimension").And.Contain("Loss by step"));

        // The statistics take the data's place.
        var again = Run(
            ["--weights", Model, "--reference", folder.File("model-run/reference.npz"), "--features", "random", "--batchsize", "4", "--count", "10"],
            "again");
        var only = again.GetProperty("measures").EnumerateArray().Single();
        Assert.That(only.GetProperty("value").GetDouble(), Is.EqualTo(distance).Within(1e-9 * distance));
        Assert.That(again.GetProperty("reference").GetProperty("name").GetString(), Is.EqualTo("generated shapes"));
        Assert.That(again.GetProperty("memorisation").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    // The data themselves, as a folder of files: nothing is between them and the data but the number of images.
    [Test]
    public void Evaluate_OfAFolderOfTheData_FindsThatTheyAreTheData()
    {
        var shapes = new ShapesReader(count: 30).Read();
        var pictures = Directory.CreateDirectory(folder.File("pictures"));
        for (var i = 0; i < shapes.Count; i++)
            Picture.Of(shapes, i).SavePng(Path.Combine(pictures.FullName, $"{i:D3}.png"));
        var result = Run(["--images", pictures.FullName, .. Small[..2], "--data_size", "16", "--features", "pixels"], "folder-run");
        Assert.That(result.GetProperty("memorisation").GetProperty("equal").GetInt32(), Is.EqualTo(30));
        Assert.That(result.GetProperty("measures").EnumerateArray().Single(each => each.GetProperty("key").ValueEquals("precision")).GetProperty("value")
            .GetDouble(), Is.EqualTo(1));
        Assert.That(result.GetProperty("sampling").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(File.ReadAllText(folder.File("folder-run/report.html")), Does.Contain("30 equal a training image."));
    }

    // Killed without warning when its first images are there, as often as it takes.
    [Test]
    [Category("Slow")]
    public void Evaluate_ThatIsKilled_GoesOnToTheSameImages()
    {
        string[] given = ["--weights", Model, .. Small, "--count", "40", "--sampler", "ddpm", "--sample_steps", "20"];
        Run(given, "whole");
        var (whole, killed) = (folder.File("whole/samples"), folder.File("killed/samples"));
        var kills = 0;
        for (; kills < 20 && Images(killed).Length < 10; kills++)
        {
            var before = Images(killed).Length;
            using var process = System.Diagnostics.Process.Start(SampleProgram.StartOf("Evaluate", [.. given, "--out", folder.File("killed")]))!;
            while (!process.HasExited && Images(killed).Length < Math.Min(before + 3, 10))
                Thread.Sleep(10);
            process.Kill();
            process.WaitForExit();
        }
        Assert.That(kills, Is.GreaterThan(1), "it was killed and went on");
        var output = Run(given, "killed");
        Assert.That(Images(killed).Select(File.ReadAllBytes), Is.EqualTo(Images(whole).Select(File.ReadAllBytes)));
        Assert.That(output.GetProperty("measures")[0].GetProperty("value").GetDouble(), Is.EqualTo(
            Read("whole").GetProperty("measures")[0].GetProperty("value").GetDouble()));
    }

    [TestCase("--weights {model}", "--data_type must say")]
    [TestCase("--images {model} --data_type shapes", "--data_size must say what images are resized to")]
    [TestCase("--images nowhere --data_type shapes", "--images must name a folder or file")]
    [TestCase("--images {model} --data_type shapes --bits 3", "--bits would be ignored with --images")]
    [TestCase("--images {model} --data_type shapes --weights {model}", "--weights would be ignored with --images")]
    [TestCase("--weights {model} --data_type shapes --features nothing", "--features must be resnet18, random, pixels or a network's file")]
    [TestCase("--weights {model} --data_type shapes --features random --features_size 3", "--features_size would be ignored without a network's file")]
    [TestCase("--weights {model} --reference nowhere.npz", "--reference must name a file of statistics")]
    [TestCase("--weights {model} --data_type shapes --count 1", "--count must be a whole number in 2..")]
    [TestCase("--weights {model} --data_type shapes --data_size 4", "--data_size would be ignored without --images")]
    [TestCase("--weights nowhere --data_type shapes", "There is no model nowhere")]
    public void WrongInput_GivesOneLine(string arguments, string named)
    {
        var (code, _, error) = SampleProgram.Call(
            "Evaluate", [.. arguments.Replace("{model}", Model, StringComparison.Ordinal).Split(' '), "--out", folder.File("wrong")]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("error: ").And.Contain(named));
    }

    // The tool is the same program without ONNX Runtime.
    [Test]
    public void Tool_WithTheResNet_SaysThatItIsNotThere()
    {
        var (code, _, error) = SampleProgram.Call(
            SampleProgram.Tool, "evaluate", "--weights", Model, "--data_type", "shapes", "--features", "resnet18", "--out", folder.File("tool"));
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("ONNX Runtime").And.Contain("samples/Evaluate"));
    }

    private static string[] Images(string samples) => Directory.Exists(samples)
        ? [.. Directory.GetFiles(samples, "*.images", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private JsonElement Run(string[] arguments, string output)
    {
        var (code, said, error) = SampleProgram.Call("Evaluate", [.. arguments, "--out", folder.File(output)]);
        Assert.That(code, Is.Zero, said + error);
        return Read(output);
    }

    private JsonElement Read(string output)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File(output + "/evaluation.json")));
        return json.RootElement.Clone();
    }
}
