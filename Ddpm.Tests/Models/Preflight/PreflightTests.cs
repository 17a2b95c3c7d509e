using System.Globalization;
using Ddpm.Training;
using static Ddpm.Tests.Models.Preflight.PreflightCase;
using static Ddpm.Training.TrainingFindingKind;

namespace Ddpm.Tests.Models.Preflight;

/// <summary>Each finding is made where its reason is, and no other.</summary>
public class PreflightTests
{
    private static Diffusion Model() => new DiffusionBuilder().WithUNet(Small).Build();

    [Test]
    public void CheckTraining_OfACleanTraining_FindsTheMemoryAlone()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var findings = model.CheckTraining(Clean, Images(), folder.Path);
        Assert.That(findings.Select(finding => finding.Kind), Is.EqualTo(new[] { Memory }), string.Join("\n", findings));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    // The paper's recipe on as many images as it had.
    [Test]
    public void CheckTraining_OfThePapersTraining_FindsTheMemoryAlone()
    {
        using var model = new DiffusionBuilder().WithUNet(Small with { Image = new(3, 4, 4), AttentionResolutions = [2] }).Build();
        var findings = model.CheckTraining(data: Images(50_000, new(3, 4, 4)));
        Assert.That(Kinds(findings), Is.Empty, string.Join("\n", findings));
    }

    private static readonly TestCaseData[] Options =
    [
        new(Clean with { WarmupSteps = 5_000 }, WarmupTooLong, FindingSeverity.Warning, "5000 steps, but the run has 2000"),
        new(Clean with { WarmupSteps = 1_500 }, WarmupTooLong, FindingSeverity.Note, "1500 of the 2000"),
        new(Clean with { LearningRate = 0.02 }, LearningRateUnusual, FindingSeverity.Warning, "0.02"),
        new(Clean with { LearningRate = 1e-7 }, LearningRateUnusual, FindingSeverity.Warning, "1E-07"),
        new(Clean with { EmaDecay = 0 }, NoAverage, FindingSeverity.Note, "average"),
        new(Clean with { Averages = [AverageProfile.Constant(0.999)] }, AverageHoldsFirstWeights, FindingSeverity.Warning, "13.5 %"),
        new(Clean with { BatchSize = 101 }, BatchLargerThanData, FindingSeverity.Fault, "101 images, but the data set has 100"),
        new(Clean with { BatchSize = 101, DropLast = false }, BatchLargerThanData, FindingSeverity.Warning, "101 images, but the data set has 100"),
        new(Clean with { MicroBatchSize = 9 }, MicroBatchLargerThanBatch, FindingSeverity.Note, "9, but a batch has 8"),
        new(Clean with { Steps = 12, WarmupSteps = 1 }, ImagesNotSeen, FindingSeverity.Warning, "96 of the 100 images, 96 %"),
        new(Clean with { BatchSize = 11 }, FewImages, FindingSeverity.Note, "100 images, fewer than 10 batches of 11"),
        new(Clean with { Steps = 80_000 }, FewImages, FindingSeverity.Note, "6400 times"),
        new(Clean with { Levels = TrainingLevels.Importance() }, ImportanceWithoutBound, FindingSeverity.Warning, "L2"),
        new(Clean with { Steps = 0 }, Refused, FindingSeverity.Fault, "Steps must be at least 1"),
        new(Clean with { LabelDropout = 0.1 }, Refused, FindingSeverity.Fault, "null class"),
        new(Clean with { BoundWeight = 0.001 }, Refused, FindingSeverity.Fault, "variance"),
    ];

    [TestCaseSource(nameof(Options))]
    public void CheckTraining_OfOptions_FindsOne(TrainingOptions options, TrainingFindingKind kind, FindingSeverity severity, string figures)
    {
        using var model = Model();
        var findings = model.CheckTraining(options, Images());
        Assert.That(Kinds(findings), Is.EqualTo(new[] { kind }), string.Join("\n", findings));
        Assert.That(findings.Of(kind).Severity, Is.EqualTo(severity));
        Assert.That(findings.Of(kind).What, Does.Contain(figures));
    }

    // What the run itself would say must be said before: no fault that training has is without a finding.
    [TestCaseSource(nameof(Options))]
    public void CheckTraining_FindsAFault_ExactlyWhereTrainRefuses(
        TrainingOptions options, TrainingFindingKind kind, FindingSeverity severity, string _)
    {
        using var model = Model();
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        // A run that may start is cancelled before its first step.
        Assert.That(
            () => model.Train(options, Images(), cancellationToken: stopped.Token),
            severity == FindingSeverity.Fault ? Throws.InstanceOf<ArgumentException>() : Throws.InstanceOf<OperationCanceledException>(), $"{kind}");
    }

    [Test]
    public void CheckTraining_WithImportanceForTheBound_FindsNothing()
    {
        using var model = Model();
        var options = Clean with { Levels = TrainingLevels.Importance(), Loss = LossKind.VariationalBound };
        Assert.That(Kinds(model.CheckTraining(options, Images())), Is.Empty);
    }

    [TestCase(0, new[] { VarianceNotLearned })]
    [TestCase(0.001, new TrainingFindingKind[] { })]
    public void CheckTraining_OfALearnedVariance_AsksForItsWeight(double weight, TrainingFindingKind[] kinds)
    {
        using var model = new DiffusionBuilder().WithUNet(Small with { OutputChannels = 6 }).WithLearnedVariance().Build();
        Assert.That(Kinds(model.CheckTraining(Clean with { BoundWeight = weight }, Images())), Is.EqualTo(kinds));
    }

    [Test]
    public void CheckTraining_OfATrainedModel_AsksWhatThen()
    {
        using var model = Model();
        model.Train(Clean with { Steps = 3, WarmupSteps = 0 }, Images());
        Assert.That(model.CheckTraining(Clean, Images()).Of(AlreadyTrained).What, Does.Contain("3 steps"));
        foreach (var answer in (WhenTrained[])[WhenTrained.GoOn, WhenTrained.StartAnew])
            Assert.That(Kinds(model.CheckTraining(Clean with { IfTrained = answer }, Images())), Is.Empty);
    }

    [Test]
    public void CheckTraining_WithoutData_SaysSo()
    {
        using var model = Model();
        Assert.That(Kinds(model.CheckTraining(Clean)), Is.EqualTo(new[] { NoData }));
        using var other = new DiffusionBuilder().WithUNet(Small).WithDataset(new ShapesReader(10)).Build();
        Assert.That(Kinds(other.CheckTraining(Clean)), Is.Empty);
        Assert.That(Kinds(model.CheckTraining(Clean, Images(0))), Is.EqualTo(new[] { NoData }));
    }

    [Test]
    public void CheckTraining_WithImagesOfAnotherShape_SaysBoth()
    {
        using var model = Model();
        Assert.That(model.CheckTraining(Clean, Images(100, new(1, 8, 8))).Of(Refused).What, Does.Contain("1 x 8 x 8").And.Contains("3 x 8 x 8"));
    }

    [Test]
    public void CheckTraining_OfAFormula_SaysThatNothingCanBeTrained()
    {
        using var model = new DiffusionBuilder().WithDenoiser(new FormulaDenoiser((x, _) => x), Tiny).Build();
        Assert.That(model.CheckTraining(Clean, Images()).Of(Refused).What, Does.Contain("no weights"));
    }

    [Test]
    public void CheckTraining_ToResumeWhereThereIsNoState_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        Assert.That(model.CheckTraining(Clean, Images(), resume: folder.Path).Of(Refused).What, Does.Contain(folder.Path));
    }

    [Test]
    public void CheckTraining_SaysTheSameInEveryCulture()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).WithLinearSchedule(50, 1e-4, 0.02).Build();
        var options = Clean with { WarmupSteps = 5_000, LearningRate = 0.02, EmaDecay = 0.9999, Steps = 5, BatchSize = 10 };
        string[] texts = [];
        void Look() => texts = [.. model.CheckTraining(options, Images()).Select(finding => finding.ToString())];
        TestCulture.Use(CultureInfo.InvariantCulture, Look);
        var expected = texts;
        TestCulture.Use(TestCulture.Invented, Look);
        Assert.That(texts, Is.EqualTo(expected).And.Length.GreaterThan(4));
    }

    [Test]
    public void CheckTraining_PutsTheMostSevereFirst()
    {
        using var model = Model();
        var findings = model.CheckTraining(Clean with { BatchSize = 101, EmaDecay = 0, LearningRate = 0.02 }, Images());
        Assert.That(findings.Select(finding => finding.Severity), Is.Ordered.Descending);
        Assert.That(Kinds(findings), Is.EqualTo(new[] { BatchLargerThanData, LearningRateUnusual, NoAverage }));
    }
}
