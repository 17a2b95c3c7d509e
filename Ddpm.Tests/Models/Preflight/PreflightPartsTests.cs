using Ddpm.Networks;
using Ddpm.Training;
using static Ddpm.Tests.Models.Preflight.PreflightCase;
using static Ddpm.Training.TrainingFindingKind;

namespace Ddpm.Tests.Models.Preflight;

/// <summary>Process, classes and folder.</summary>
public class PreflightPartsTests
{
    // √ᾱ at the end by hand: the square root of the product of 1 - β.
    [TestCase(1000, 1e-4, 0.02, null, null, TestName = "the paper's")]
    [TestCase(50, 1e-4, 0.02, ProcessEndsInSignal, FindingSeverity.Warning, TestName = "its betas in 50 steps")]
    [TestCase(500, 1e-4, 0.02, ProcessEndsInSignal, FindingSeverity.Note, TestName = "its betas in 500 steps")]
    [TestCase(40, 0.02, 0.5, ProcessBeginsInNoise, FindingSeverity.Warning, TestName = "large betas")]
    public void CheckTraining_OfASchedule_SaysWhereItEnds(int steps, double first, double last, TrainingFindingKind? kind, FindingSeverity? severity)
    {
        using var model = new DiffusionBuilder().WithUNet(Small).WithLinearSchedule(steps, first, last).Build();
        var findings = model.CheckTraining(Clean, Images());
        Assert.That(Kinds(findings), Is.EqualTo(kind is { } one ? new[] { one } : []), string.Join("\n", findings));
        var left = Math.Sqrt(Enumerable.Range(0, steps).Aggregate(1.0, (product, t) => product * (1 - first - (last - first) * t / (steps - 1))));
        if (kind == ProcessEndsInSignal)
        {
            var finding = findings.Of(ProcessEndsInSignal);
            Assert.That(finding.Severity, Is.EqualTo(severity));
            Assert.That(finding.What, Does.Contain(FormattableString.Invariant($" {100 * left:G3} % "))
                .And.Contains(FormattableString.Invariant($"ratio of {left * left / (1 - left * left):G3}.")));
        }
        if (kind == ProcessBeginsInNoise)
            Assert.That(findings.Of(ProcessBeginsInNoise).What, Does.Contain("noise of 18 levels"));
    }

    // None of the library's own schedules is warned of at its usual length.
    [TestCase("linear")]
    [TestCase("cosine")]
    [TestCase("sigmoid")]
    [TestCase("edm")]
    [TestCase("flow")]
    public void CheckTraining_OfTheLibrarysProcesses_WarnsOfNone(string name)
    {
        var builder = new DiffusionBuilder().WithUNet(Small);
        using var model = (name switch
        {
            "cosine" => builder.WithCosineSchedule(),
            "sigmoid" => builder.WithSigmoidSchedule(),
            "edm" => builder.WithEdm(),
            "flow" => builder.WithFlowMatching(),
            _ => builder.WithLinearSchedule(),
        }).Build();
        Assert.That(Kinds(model.CheckTraining(Clean, Images())), Is.Empty);
    }

    private static readonly TestCaseData[] Classes =
    [
        new(0.1, true, new[] { "cat", "dog", "elk" }, 3, Array.Empty<TrainingFindingKind>(), ""),
        new(0.0, false, new[] { "cat", "dog", "elk" }, 3, Array.Empty<TrainingFindingKind>(), ""),
        new(0.0, true, new[] { "cat", "dog", "elk" }, 3, new[] { NullClassNotTrained }, "LabelDropout is 0"),
        new(0.1, false, new[] { "cat", "dog", "elk" }, 3, new[] { Refused }, "null class"),
        new(0.1, true, null, 3, new[] { ClassNamesMissing }, "3 classes"),
        new(0.1, true, new[] { "cat", "dog", "elk" }, 2, new[] { ClassesWithoutImages }, "Of 1 of the 3 classes there are no images: 2 'elk'."),
        new(0.1, true, new[] { "cat", "dog", "elk" }, 0, new[] { Refused }, "no"),
    ];

    [TestCaseSource(nameof(Classes))]
    public void CheckTraining_OfClasses_FindsOne(
        double dropout, bool nullClass, string[]? names, int there, TrainingFindingKind[] kinds, string figures)
    {
        using var model = new DiffusionBuilder().WithUNet(Small).WithClasses(3, nullClass).Build();
        int[]? labels = there == 0 ? null : [.. Enumerable.Range(0, 100).Select(i => i % there)];
        var findings = model.CheckTraining(Clean with { LabelDropout = dropout }, Images(labels: labels, names: names));
        Assert.That(Kinds(findings), Is.EqualTo(kinds), string.Join("\n", findings));
        Assert.That(string.Join("\n", findings), Does.Contain(figures));
    }

    [Test]
    public void CheckTraining_WithOtherClassesThanTheModels_NamesOne()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).WithClasses(2).WithClassNames(["cat", "dog"]).Build();
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 2)];
        var options = Clean with { LabelDropout = 0.1 };
        Assert.That(model.CheckTraining(options, Images(labels: labels, names: ["cat", "elk"])).Of(ClassesDiffer).What, Does.Contain("'dog'"));
        Assert.That(Kinds(model.CheckTraining(options, Images(labels: labels))), Is.Empty);
        Assert.That(Kinds(model.CheckTraining(options, Images(labels: labels, names: ["cat", "dog"]))), Is.Empty);
    }

    [Test]
    public void CheckTraining_WithAFolderBehindAFile_SaysThatItCannotBeWritten()
    {
        using var folder = new TemporaryFolder();
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var finding = model.CheckTraining(Clean, Images(), Path.Combine(folder.File("file", [1]), "run")).Of(OutputNotWritable);
        Assert.That(finding.Severity, Is.EqualTo(FindingSeverity.Fault));
        Assert.That(finding.What, Does.Contain(folder.Path));
    }

    [Test]
    public void CheckTraining_LeavesNoFolderBehind()
    {
        using var folder = new TemporaryFolder();
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        Assert.That(Kinds(model.CheckTraining(Clean, Images(), Path.Combine(folder.Path, "a", "b", "c"))), Is.Empty);
        Assert.That(Directory.Exists(folder.File("a")), Is.False);
    }

    // The network has 35,715 weights or so: a state takes four times as many numbers.
    [TestCase(4_000, null, null)]
    [TestCase(1_400, OutputTooSmall, FindingSeverity.Warning)]
    [TestCase(400, OutputTooSmall, FindingSeverity.Fault)]
    public void CheckTraining_OnASmallDisk_ComparesTheRoom(int kilobytes, TrainingFindingKind? kind, FindingSeverity? severity)
    {
        using var disk = new SmallDisk(kilobytes);
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var findings = model.CheckTraining(Clean, Images(), disk.File("run"));
        Assert.That(Kinds(findings), Is.EqualTo(kind is { } one ? new[] { one } : []), $"{model.ParameterCount} {string.Join("\n", findings)}");
        if (kind is not null)
            Assert.That(findings.Of(OutputTooSmall).Severity, Is.EqualTo(severity));
    }
}
