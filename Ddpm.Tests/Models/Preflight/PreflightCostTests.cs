using Ddpm.Networks;
using Ddpm.Training;
using TorchSharp;
using static Ddpm.Tests.Models.Preflight.PreflightCase;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Preflight;

/// <summary>Memory and time, and that finding them changes nothing.</summary>
public class PreflightCostTests
{
    // 1024 x 1024, by hand: weights, two gradients, two moments and an average, 4 bytes each. On META nothing takes memory.
    [Test]
    public void CheckTraining_OfAHugeNetwork_SaysWhatItsWeightsTake()
    {
        var options = UNetOptions.Cifar10 with { Image = new(3, 1024, 1024), Channels = 1024, AttentionResolutions = [128] };
        using var network = new UNet(options, META);
        using var model = new DiffusionBuilder().WithDenoiser(network).Build();
        var weights = network.parameters().Sum(parameter => parameter.numel());
        Assert.That(weights, Is.GreaterThan(2_000_000_000));
        var what = model.CheckTraining(new TrainingOptions { BatchSize = 1 }).Of(TrainingFindingKind.Memory).What;
        Assert.That(what, Does.Contain(FormattableString.Invariant($"{(weights * 6 * 4.0 + 90e6) / 1e9:F1} GB for weights")));
        Assert.That(what, Does.Contain(FormattableString.Invariant($"{weights * 4 * 4.0 / 1e9:F1} GB for a copy")));
    }

    // Two moments and an average are shared out; the copy that is saved is of all.
    [TestCase(2)]
    [TestCase(8)]
    public void MemoryEstimate_OfProcessesThatShareTheUpdate_IsLessByTheOthersSlices(int processes)
    {
        using var network = new UNet(UNetOptions.Cifar10, META);
        using var model = new DiffusionBuilder().WithDenoiser(network).Build();
        var weights = network.parameters().Sum(parameter => parameter.numel());
        var plan = new TrainingPlan(model.Denoiser, model.Process, model.Prediction.Parameterization, TrainingOptions.Paper)
        {
            Image = UNetOptions.Cifar10.Image,
            Device = META,
            Processes = processes,
        };
        var (whole, shared) = (MemoryEstimate.Of(plan), MemoryEstimate.Of(plan with { Options = plan.Options with { ShardOptimizer = true } }));
        Assert.That(whole.OfWeights - shared.OfWeights, Is.EqualTo(3 * 4 * weights * (1 - 1.0 / processes)).Within(8), "rounded to bytes");
        Assert.That(shared.OfState, Is.EqualTo(whole.OfState));
    }

    // Peak resident memory of a run beside what its weights and libtorch take (docs/training-checks.md).
    [TestCase("tiny", 64, 171e6)]
    [TestCase("small", 32, 524e6)]
    [TestCase("paper", 8, 519e6)]
    public void TrainingBytes_AreThoseMeasured(string name, int images, double measured)
    {
        var options = name switch { "tiny" => UNetOptions.Tiny, "small" => UNetOptions.Small, _ => UNetOptions.Cifar10 };
        Assert.That(options.TrainingBytes(images), Is.EqualTo(measured).Within(10).Percent);
        Assert.That(options.SamplingBytes(images), Is.LessThan(options.TrainingBytes(images)));
    }

    [Test]
    public void CheckTraining_OfMoreImagesThanTheMemoryHolds_IsAFault()
    {
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var perImage = Small.TrainingBytes(1);
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        foreach (var (share, severity) in ((double, FindingSeverity)[])[
            (0.5, FindingSeverity.Note), (1.5, FindingSeverity.Warning), (3, FindingSeverity.Fault)])
        {
            var options = Clean with { BatchSize = (int)(share * there / perImage) };
            Assert.That(model.CheckTraining(options).Of(TrainingFindingKind.Memory).Severity, Is.EqualTo(severity), $"{share}");
            Assert.That(
                model.CheckTraining(options with { MicroBatchSize = 8 }).Of(TrainingFindingKind.Memory).Severity, Is.EqualTo(FindingSeverity.Note));
        }
    }

    // Attention between all pixels of the full size, against convolutions: by hand 2 n² c of it, 18 c² n of a block.
    [TestCase(64, false)]
    [TestCase(256, true)]
    public void CheckTraining_OfAttentionAtFullSize_WarnsWhereItIsMostOfTheWork(int edge, bool warns)
    {
        using var network = new UNet(UNetOptions.Cifar10 with { Image = new(3, edge, edge), AttentionResolutions = [edge / 2] }, META);
        using var model = new DiffusionBuilder().WithDenoiser(network).Build();
        var findings = model.CheckTraining().Where(finding => finding.Kind == TrainingFindingKind.AttentionTooLarge).ToArray();
        Assert.That(findings, Has.Length.EqualTo(warns ? 1 : 0));
        if (warns)
            Assert.That(findings[0].What, Does.Contain("16384 pixels"));
    }

    [Test]
    public void CheckTraining_Measured_LeavesTheModelAsItWas()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var network = model.Denoiser.Network!;
        using var scope = NewDisposeScope();
        var before = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        network.parameters().First().grad = ones_like(network.parameters().First());
        random.manual_seed(3);
        var draws = random.get_rng_state();
        var finding = model.CheckTraining(Clean with { MicroBatchSize = 2 }, Images(), measure: true).Of(TrainingFindingKind.Duration);
        Assert.That(finding.What, Does.StartWith("2000 steps take about ").And.Contains("measured with 2 images"));
        foreach (var (name, weights) in network.state_dict())
            Assert.That(weights.equal(before[name]).all().item<bool>(), name);
        Assert.That(network.training, Is.False);
        Assert.That(network.parameters().First().grad?.sum().item<float>(), Is.EqualTo(network.parameters().First().numel()));
        Assert.That(network.parameters().Skip(1).Select(parameter => parameter.grad), Has.All.Null);
        Assert.That(random.get_rng_state().equal(draws).all().item<bool>());
        Assert.That(model.IsUntrained);
    }

    // What is trained afterwards is bit for bit what it would have been.
    [Test]
    public void CheckTraining_Measured_ChangesNoTraining()
    {
        float[] Trained(bool looks)
        {
            using var model = new DiffusionBuilder().WithUNet(Small).Build();
            if (looks)
                model.CheckTraining(Clean, Images(), measure: true);
            model.Train(Clean with { Steps = 3 }, Images());
            return [.. model.Denoiser.Network!.parameters().SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];
        }
        Assert.That(Trained(looks: true), Is.EqualTo(Trained(looks: false)));
    }

    [Test]
    public void CheckTraining_LeaksNoTensors()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        model.CheckTraining(Clean, Images(), measure: true);
        var before = Expect.LiveTensors();
        model.CheckTraining(Clean, Images(), measure: true);
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [TestCase(0, "0 bytes")]
    [TestCase(999, "999 bytes")]
    [TestCase(1_000, "1 kB")]
    [TestCase(35_746, "35.7 kB")]
    [TestCase(999_600, "1 MB")]
    [TestCase(1.234e9, "1.23 GB")]
    [TestCase(5e15, "5000 TB")]
    public void Amount_HasThreeDigits(double bytes, string text) => Assert.That(Amount.Of(bytes), Is.EqualTo(text));

    [TestCase(0.25, "250 ms")]
    [TestCase(30, "30.0 s")]
    [TestCase(600, "10 minutes")]
    [TestCase(36_000, "10.0 hours")]
    [TestCase(864_000, "10.0 days")]
    public void Amount_OfATime_IsInTheLargestUnit(double seconds, string text) =>
        Assert.That(Amount.Of(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
