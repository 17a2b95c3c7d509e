using System.Text.Json;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>The program: exit codes, lines and JSON.</summary>
public class DoctorProgramTests
{
    private readonly TemporaryFolder folder = new();

    [OneTimeSetUp]
    public void MakeModels()
    {
        using (var model = Healthy.Model())
            model.Save(folder.File("fine"));
        using (var model = Healthy.Model(Healthy.Builder.WithSchedule(new LinearSchedule(50, 1e-4, 0.02))))
            model.Save(folder.File("warned"));
        using var fresh = Healthy.Builder.Build();
        fresh.Save(folder.File("wrong"));
    }

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    // Findings about the machine that runs the tests may come on top, but no errors.
    [TestCase("wrong", 3, "error: never-trained: ")]
    [TestCase("nowhere", 3, "error: file-missing: ")]
    [TestCase("warned", 2, "warning: schedule-not-noise: ")]
    public void ExitCode_SaysHowBadItIs(string name, int expected, string line)
    {
        var (code, output, error) = Call(folder.File(name));
        Assert.That((code, error), Is.EqualTo((expected, "")), output);
        Assert.That(output.Split('\n'), Has.Some.StartsWith(line).And.Some.Match(@"^\d+ errors?, \d+ warnings?, \d+ notes?$"));
    }

    [Test]
    public void ExitCode_OfAHealthyModel_IsThatOfTheMachine()
    {
        var (code, output, _) = Call(folder.File("fine"));
        var ofMachine = output.Split('\n').Any(line => line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.That(code, Is.EqualTo(ofMachine ? 2 : 0), output);
        Assert.That(output, Does.Not.Contain("error: "));
    }

    [TestCase("", "argument missing")]
    [TestCase("x --images -1", "--images")]
    [TestCase("x --device tpu", "tpu")]
    public void ExitCode_OfAWrongCommandLine_Is1(string arguments, string named)
    {
        var (code, output, error) = SampleProgram.Call("Doctor", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.StartWith("error: ").And.Contain(named).IgnoreCase);
    }

    [Test]
    public void Json_SaysTheSame()
    {
        var (code, output, _) = Call(folder.File("wrong"), "--json");
        using var json = JsonDocument.Parse(output);
        var (root, findings) = (json.RootElement, json.RootElement.GetProperty("findings").EnumerateArray().ToArray());
        Assert.That((root.GetProperty("exitCode").GetInt32(), root.GetProperty("errors").GetInt32()), Is.EqualTo((code, 1)));
        Assert.That(root.GetProperty("path").GetString(), Is.EqualTo(folder.File("wrong")));
        Assert.That(findings[0].EnumerateObject().Select(each => each.Name), Is.EqualTo(new[] { "id", "severity", "seen", "cure" }));
        Assert.That(($"{findings[0].GetProperty("id")}", $"{findings[0].GetProperty("severity")}"), Is.EqualTo(("never-trained", "error")));
        Assert.That(findings, Has.Length.EqualTo(1 + root.GetProperty("warnings").GetInt32() + root.GetProperty("notes").GetInt32()));
    }

    private static (int Code, string Output, string Error) Call(string path, params string[] flags) =>
        SampleProgram.Call("Doctor", [path, "--images", "0", .. flags]);
}
