using System.Text.RegularExpressions;

namespace Ddpm.Tests.Samples;

/// <summary>The program ddpm has every job of the samples, by the same code.</summary>
public partial class ToolTests
{
    // These show how to write parts, or need a library that would make the tool's packages half as large again.
    private static readonly string[] LeftOut = ["CustomParts", "ImageGenerator", "ImageSharp", "Onnx", "WebStudio"];

    // samples/Train/TrainCommand.cs is `ddpm train`; of Convert there are three.
    private static IEnumerable<TestCaseData> Commands() => Directory.GetFiles(Repository.At("samples"), "*Command.cs", SearchOption.AllDirectories)
        .Select(path => (Sample: Path.GetFileName(Path.GetDirectoryName(path)!), Class: Path.GetFileName(path)[..^"Command.cs".Length]))
        .Where(found => !LeftOut.Contains(found.Sample))
        .Select(found => new TestCaseData(found.Sample, found.Class.ToLowerInvariant()).SetArgDisplayNames(found.Class));

    [Test]
    public void EverySample_ThatIsAJob_HasACommand() =>
        Assert.That(Commands().Select(each => each.Arguments[0]).Distinct(), Is.EquivalentTo(SampleProgram.Names.Except(LeftOut)));

    [Test]
    public void Help_ListsTheCommandsWithALineEachAndTwoExamples()
    {
        var (code, output, _) = SampleProgram.Call(SampleProgram.Tool, "--help");
        Assert.That(code, Is.Zero);
        var lines = output.ReplaceLineEndings("\n").Split('\n');
        var listed = lines.SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line.Length > 0).ToArray();
        Assert.That(listed, Has.All.Match(@"^  [a-z]+( <\w+>)*  +[A-Z].*\.$"));
        Assert.That(listed.Select(line => line.Trim().Split(' ')[0]), Is.EquivalentTo(Commands().Select(each => each.Arguments[1])));
        Assert.That(lines.SkipWhile(line => line != "Examples:").Skip(1), Has.Exactly(2).StartsWith("  ddpm "));
    }

    // Everything but the line of usage: the descriptions, the flags and what they are by default.
    [TestCaseSource(nameof(Commands))]
    public void Help_OfACommand_IsItsSamples(string sample, string name)
    {
        string[] own = sample == "Convert" ? [name, "--help"] : ["--help"];
        var (tool, alone) = (Help(SampleProgram.Call(SampleProgram.Tool, name, "--help").Output), Help(SampleProgram.Call(sample, own).Output));
        Assert.That(tool, Is.EqualTo(alone).And.Length.GreaterThan(2));

        static string[] Help(string output) => [.. output.ReplaceLineEndings("\n").Split('\n').Where(line =>
            line.Length > 0 && !line.Contains(" [options]", StringComparison.Ordinal) && !line.Contains(" --version ", StringComparison.Ordinal))
            .Select(line => Spaces().Replace(line, "  "))];
    }

    [Test]
    public void Version_IsThePackages() =>
        Assert.That(SampleProgram.Run(SampleProgram.Tool, "--version").Output,
            Does.StartWith(typeof(Diffusion).Assembly.GetName().Version!.ToString(3)));

    [TestCase("", "Required command")]
    [TestCase("trian", "'trian'")]
    [TestCase("inpaint --count 0", "--count must be a whole number")]
    [TestCase("convert nowhere", "'convert'")]
    public void WrongInput_GivesOneLineAndExitCode1(string arguments, string named)
    {
        var (code, output, error) = SampleProgram.Call(SampleProgram.Tool, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.StartWith("error: ").And.Contain(named).And.EndsWith(" Try --help.\n"));
    }

    [Test]
    public void Forward_WithTheConfigurationThatARunWrote_DrawsTheSamePicture()
    {
        using var folder = new TemporaryFolder();
        Run("forward", "--t", "5,20", "--size", "8x16", "--timesteps", "30", "--beta-end", "0.3", "--seed", "18446744073709551615",
            "--out", folder.File("first.png"));
        Run("forward", "--config", folder.File("first.config.json"), "--out", folder.File("second.png"));
        Assert.That(File.ReadAllBytes(folder.File("second.png")), Is.EqualTo(File.ReadAllBytes(folder.File("first.png"))));
        Assert.That(File.ReadAllText(folder.File("second.config.json")),
            Is.EqualTo(File.ReadAllText(folder.File("first.config.json")).Replace("first.png", "second.png", StringComparison.Ordinal)));
        Run("forward", "--config", folder.File("first.config.json"), "--seed", "1", "--out", folder.File("third.png"));
        Assert.That(File.ReadAllBytes(folder.File("third.png")), Is.Not.EqualTo(File.ReadAllBytes(folder.File("first.png"))));
    }

    [Test]
    [Category("Slow")]
    public void Train_WithTheConfigurationThatARunWrote_TrainsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        Run("train", "--data-type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small", "--batch-size", "4", "--steps", "2",
            "--timesteps", "20", "--classes", "--out", folder.File("first"));
        Run("train", "--config", folder.File("first/ddpm.config.json"), "--out", folder.File("second"));
        Assert.That(File.ReadAllBytes(folder.File("second/model/model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(folder.File("first/model/model.safetensors"))));
    }

    // A run that fails leaves the configuration of the one whose result is still there.
    [Test]
    public void ARunThatIsRefused_WritesNoConfiguration()
    {
        using var folder = new TemporaryFolder();
        var (code, _, _) = SampleProgram.Call(SampleProgram.Tool, "forward", "--t", "5,1000", "--out", folder.File("picture.png"));
        Assert.That((code, Directory.EnumerateFileSystemEntries(folder.Path).Count()), Is.EqualTo((1, 0)));
    }

    private static void Run(params string[] arguments)
    {
        var (code, output, error) = SampleProgram.Call(SampleProgram.Tool, arguments);
        Assert.That(code, Is.Zero, output + error);
    }

    // The widths of columns follow from the longest name.
    [GeneratedRegex("  +")]
    private static partial Regex Spaces();
}
