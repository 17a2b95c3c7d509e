using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Real models have no findings, or such as can be explained.</summary>
public class DoctorHealthyTests
{
    // Their weights are random, so that what they draw is noise; one has the noise of Stable Diffusion, and no pipeline names classes.
    private static readonly string[] Explained = ["images-look-like-noise", "schedule-nearly-noise", "class-names-missing"];

    private static IEnumerable<string> Pipelines() => Directory.GetDirectories(Path.GetDirectoryName(Recordings.At("pipelines/summary.json"))!)
        .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    [Test]
    public void Of_ThePipelinesOfDiffusers_FindsNotesThatCanBeExplained()
    {
        foreach (var name in Pipelines())
        {
            using var patient = Opened(Path.Combine(Path.GetDirectoryName(Recordings.At("pipelines/summary.json"))!, name));
            var findings = Checks.Of(patient, CancellationToken.None);
            var others = findings.Where(finding => !Explained.Contains(finding.Id)).Select(finding => finding.Id);
            Assert.That(others, Is.EqualTo(name switch
            {
                "fourier" => ["images-cannot-be-drawn"],                                // it takes the logarithm of t, and its process asks at t = 0
                "four-channels-no-attention-no-mid" => ["variance-ignored"],            // 8 channels of which the scheduler uses 4
                _ => Array.Empty<string>(),
            }), name + "\n" + string.Join("\n", findings));
        }
    }

    [Test]
    public void Of_AModelTrainedByPyTorch_FindsNothing()
    {
        using var patient = Opened(Shared.Path("baseline/trained"));
        var findings = Checks.Of(patient, CancellationToken.None);
        Assert.That(findings, Is.Empty, string.Join("\n", findings));
    }

    [Test, Category("Slow")]
    public void Of_AModelTrainedForMinutes_FindsNothing()
    {
        using var folder = new TemporaryFolder();
        Assert.That(SampleProgram.Call("QuickStart", "--steps", "300", "--out", folder.Path).ExitCode, Is.Zero);
        using var patient = Opened(folder.Path);
        var findings = Checks.Of(patient, CancellationToken.None);
        Assert.That(findings, Is.Empty, string.Join("\n", findings));
    }

    private static Patient Opened(string path) =>
        new(path, Healthy.Machine, (model, odd) => Diffusion.FromPretrained(model, new() { Warnings = odd }));
}
