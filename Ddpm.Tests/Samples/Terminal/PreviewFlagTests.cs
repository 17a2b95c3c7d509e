using System.CommandLine;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>Programs that write a picture have --no_preview, the others have not; beside a set of images it is refused.</summary>
public class PreviewFlagTests
{
    private static readonly string[] WithoutPicture = ["Frontier", "Evaluate", "Doctor", "Convert", "WebStudio"];

    [Test]
    public void Help_NamesTheFlagWhereThereIsAPicture([ValueSource(typeof(SampleProgram), nameof(SampleProgram.Names))] string sample) => Assert.That(
        SampleProgram.Call(sample, "--help").Output.Contains("--no-preview", StringComparison.Ordinal), Is.EqualTo(!WithoutPicture.Contains(sample)));

    [TestCase("--set", "somewhere")]
    public void Sample_OfASet_RefusesTheFlag(params string[] set)
    {
        var (code, _, error) = SampleProgram.Call("Sample", ["--weights", ".", "--no-preview", .. set]);
        Assert.That((code, error), Is.EqualTo((1, "error: --no_preview would be ignored where no picture is written. Try --help.\n")));
    }

    [TestCase("--out a/b.png", "a/b.png")]
    [TestCase("", "usual.png")]
    [TestCase("--elsewhere", null)]
    public void PictureOf_AFileFlag_IsTheFile(string line, string? file)
    {
        var elsewhere = new Option<bool>("--elsewhere");
        var flag = OutputFlag.Picture("usual.png", result => result.Has(elsewhere) ? "run" : null);
        Assert.That(flag.PictureOf(new RootCommand { flag, elsewhere }.Parse(line)), Is.EqualTo(file));
    }

    [Test]
    public void PictureOf_AFolderFlag_IsTheFileInside()
    {
        var flag = OutputFlag.Folder("usual", picture: "samples.png");
        Assert.That(flag.PictureOf(new RootCommand { flag }.Parse("--out x")), Is.EqualTo(Path.Combine("x", "samples.png")));
        Assert.That(OutputFlag.Folder("usual").HasPicture, Is.False);
    }
}
