using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>
/// Training steps on the META device, which has no data and mixes with no other: whatever would read from a device within a step, or forget to move a
/// tensor there, throws. What a step reports is read once, outside of what runs here (Trainer.TakeStep).
/// </summary>
public class MetaTrainingTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(100, 1e-3, 0.2));
    private static readonly IImageDataset Data = new ShapesReader(count: 8).Read();
    private static readonly TrainingOptions Base = new() { Steps = 3, BatchSize = 4, WarmupSteps = 1 };

    private static readonly (string Name, TrainingOptions Options, Parameterization Said, int Outputs, int Uploads)[] Recipes =
    [
        ("paper", Base, Parameterization.Epsilon, 3, 5),
        ("reference", TrainingOptions.ReferencePrograms with { Steps = 3, BatchSize = 4 }, Parameterization.Epsilon, 3, 5),
        ("L1, no flips, no average", Base with { Loss = LossKind.L1, HorizontalFlip = false, EmaDecay = 0 }, Parameterization.X0, 3, 5),
        ("min-SNR", Base with { Weighting = LossWeighting.MinSnr() }, Parameterization.V, 3, 8),
        ("hybrid", Base with { BoundWeight = 0.001 }, StepVariance.LearnedRange.Epsilon(), 6, 10),
        ("bound", Base with { Loss = LossKind.VariationalBound, Levels = TrainingLevels.Importance() }, StepVariance.LearnedRange.Epsilon(), 6, 10),
        ("stratified, offset", Base with { Levels = TrainingLevels.Stratified, OffsetNoise = 0.1 }, Parameterization.Epsilon, 3, 5),
        ("labels dropped", Base with { LabelDropout = 0.5 }, Parameterization.Epsilon, 3, 5),
        ("always an estimate", Base with { SelfConditioningRate = 1 }, Parameterization.V, 3, 7),
        ("EDM", Base with { Levels = TrainingLevels.LogNormalRho() }, Parameterization.Edm(), 3, 8),
        ("flow", Base with { Levels = TrainingLevels.LogitNormalTime(shift: 3) }, Parameterization.Flow(), 3, 6),
    ];

    private static IEnumerable<string> Names => Recipes.Select(recipe => recipe.Name);

    [TestCaseSource(nameof(Names))]
    public void Steps_ReadNothingFromTheDevice(string name)
    {
        var (_, options, said, outputs, uploads) = Recipes.Single(recipe => recipe.Name == name);
        using var scope = NewDisposeScope();
        using var network = new PixelwiseNetwork(META, outputs, count: 12);
        using var trainer = new Trainer(network, Process, Data, options, said);
        for (var step = 0; step < options.Steps; step++)
        {
            var before = Upload.Count;
            trainer.TakeStep();
            // Always five: the images as bytes, the labels, what the network is told, and for x_t a column of α and one of σ, a number an image; the
            // noise is made there. Two columns more for a target v, and for x_0 out of an output; one each for weights and for a divisor of x; three
            // for the bound. Those of an estimate (two), and of the step to the data (one), are in some steps only.
            Assert.That(Upload.Count - before, Is.InRange(uploads, uploads + 3));
        }
        Assert.That(trainer.Step, Is.EqualTo(options.Steps));
    }

    // The counterpart of the tests above: where something is read, META does throw.
    [Test]
    public void Run_WhichReportsTheLoss_CannotRunThere()
    {
        using var network = new PixelwiseNetwork(META, count: 12);
        using var trainer = new Trainer(network, Process, Data, Base);
        Assert.That(() => trainer.Run(), Throws.Exception);
        using var x = zeros(2, device: META);
        using var here = zeros(2);
        Assert.That(() => x + here, Throws.Exception);
    }

    [Test]
    public void AveragedWeights_GoInAndOutOnTheDevice()
    {
        using var network = new PixelwiseNetwork(META, count: 12);
        using var trainer = new Trainer(network, Process, Data, Base);
        using (trainer.UseAverage())
            Assert.That(network.parameters().Select(weight => weight.device_type), Is.All.EqualTo(DeviceType.META));
    }
}
