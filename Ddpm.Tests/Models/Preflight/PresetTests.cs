using System.Globalization;
using TorchSharp;

namespace Ddpm.Tests.Models.Preflight;

/// <summary>The presets are what was published, and tell what is not.</summary>
public class PresetTests
{
    private static Diffusion Model(TrainingPreset preset)
    {
        // Weights without memory: 109 million else.
        var network = new UNet(preset.Network, torch.META);
        return new DiffusionBuilder().WithSchedule(preset.Schedule).WithPrediction(preset.Prediction).WithDenoiser(network).Build();
    }

    // Those of the papers, or of the authors' programs where the paper is silent.
    [TestCase("paper", 800_000, 128, 2e-4, 5_000, 0.9999, 35_746_307)]
    [TestCase("reference programs", 195_000, 128, 2e-4, 0, 0, 109_731_712)]
    [TestCase("improved DDPM", 500_000, 128, 1e-4, 0, 0.9999, 52_546_438)]
    [TestCase("EDM", 390_625, 512, 1e-3, 19_531, 0, 55_700_000)]
    public void Preset_HasTheNumbersOfItsPaper(string name, int steps, int batch, double rate, int warmup, double decay, long weights)
    {
        var preset = TrainingPresets.All.Single(each => each.Name == name);
        var options = preset.Options;
        Assert.That((options.Steps, options.BatchSize, options.LearningRate, options.WarmupSteps), Is.EqualTo((steps, batch, rate, warmup)));
        Assert.That(
            options.AveragesKept.Select(profile => profile.DecayAt(steps, batch)),
            name == "EDM" ? Is.EqualTo(new[] { Math.Pow(0.5, 512.0 / 500_000) }) : decay == 0 ? Is.Empty : Is.EqualTo(new[] { decay }));
        using var network = new UNet(preset.Network, torch.META);
        var count = network.parameters().Sum(parameter => parameter.numel());
        // The authors' network has parts that this one has not: theirs is 55.7 million.
        Assert.That(count, name == "EDM" ? Is.EqualTo(weights).Within(5).Percent : Is.EqualTo(weights));
    }

    [Test]
    public void All_HaveSourcesAndDifferences()
    {
        Assert.That(TrainingPresets.All.Select(preset => preset.Name), Is.Unique);
        foreach (var preset in TrainingPresets.All)
        {
            Assert.That(preset.Source, Does.Contain("/"), preset.Name);
            Assert.That(preset.Differences, Is.Not.Empty.And.All.EndsWith("."), preset.Name);
        }
    }

    // What they say of their first steps is what the code does.
    [Test]
    public void Paper_SaysHowTheFirstStepsDiffer()
    {
        var (paper, differences) = (TrainingPresets.Paper.Options, TrainingPresets.Paper.Differences);
        Assert.That(paper, Is.SameAs(TrainingOptions.Paper));
        var ours = paper.AveragesKept.Single();
        Assert.That(differences[0], Does.Contain("89,990 steps").And.Contains("AverageProfile.WarmUp(0.9999, minimum: 0.9999)"));
        // The step after k steps is number k, 0-based k - 1.
        Assert.That(ours.DecayAt(89_990 - 2, 128), Is.LessThan(0.9999));
        Assert.That(ours.DecayAt(89_990, 128), Is.EqualTo(0.9999));
        var theirs = AverageProfile.WarmUp(0.9999, minimum: 0.9999);
        Assert.That(Enumerable.Range(0, 4).Select(step => theirs.DecayAt(step, 128)), Is.EqualTo(new[] { 0, 0.9999, 0.9999, 0.9999 }));
        Assert.That(differences[1], Does.Contain("1/5,000"));
        Assert.That(paper.LearningRateAt(0), Is.EqualTo(paper.LearningRate / 5_000).Within(1e-15));
        Assert.That(paper.LearningRateAt(4_999), Is.EqualTo(paper.LearningRate).Within(1e-15));
        Assert.That(differences[3], Does.Contain("32 times"));
        Assert.That(1 / Math.Sqrt(1 - 0.999), Is.EqualTo(31.6).Within(0.1));
    }

    [Test]
    public void Edm_SaysHowTheFirstStepsDiffer()
    {
        var (options, differences) = (TrainingPresets.Edm.Options, TrainingPresets.Edm.Differences);
        Assert.That(differences[1], Does.Contain("1/19,531"));
        Assert.That(options.LearningRateAt(0), Is.EqualTo(options.LearningRate / 19_531).Within(1e-15));
        // Their β of a step, by the images before it.
        foreach (var step in (int[])[0, 1, 1_000, 19_531, 200_000])
        {
            var seen = step * 512.0;
            var theirs = Math.Pow(0.5, 512 / Math.Max(Math.Min(500_000, seen * 0.05), 1e-8));
            Assert.That(options.AveragesKept.Single().DecayAt(step, 512), Is.EqualTo(theirs).Within(1e-15));
        }
    }

    // λ of L_hybrid: their loss is the mean of squares plus L_t times T/1000.
    [Test]
    public void ImprovedDdpm_WeighsTheBoundByAThousandth() => Assert.That(
        TrainingPresets.ImprovedDdpm.Options.BoundWeight * TrainingPresets.ImprovedDdpm.Schedule.Betas.Count, Is.EqualTo(4000 / 1000.0).Within(1e-12));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void DifferencesOf_ThePresetItself_AreNone(int which)
    {
        var preset = TrainingPresets.All[which];
        using var model = Model(preset);
        using var network = model.Denoiser.Network;
        Assert.That(preset.DifferencesOf(preset.Options, model), Is.Empty);
        Assert.That(preset.DifferencesOf(preset.Options with { Seed = 5, MicroBatchSize = 4 }, model), Is.Empty);
    }

    [Test]
    public void DifferencesOf_AChangedTraining_NamesEveryChange()
    {
        using var model = TrainingPresets.Paper.ToBuilder().WithUNet(PreflightCase.Small).WithCosineSchedule().Build();
        var options = TrainingOptions.Paper with { Steps = 100, BatchSize = 8, LearningRate = 1e-3, Averages = [AverageProfile.Constant(0.9999)] };
        string[] found = [];
        TestCulture.Use(TestCulture.Invented, () => found = [.. TrainingPresets.Paper.DifferencesOf(options, model)]);
        Assert.That(found, Is.EqualTo(new[]
        {
            "Steps is 100 instead of 800000",
            "training.BatchSize is 8 instead of 128",
            "training.LearningRate is 0.001 instead of 0.0002",
            "training.Averages is constant 0.9999 instead of ramped 0.9999",
            "model.Schedule is cosine 1000 instead of linear 1000, 0.0001 to 0.02",
            "network.Image is [3,8,8] instead of [3,32,32]",
            "network.Channels is 8 instead of 128",
            "network.Multipliers is [1,2] instead of [1,2,2,2]",
            "network.BlocksPerLevel is 1 instead of 2",
            "network.AttentionResolutions is [4] instead of [16]",
            "network.Groups is 4 instead of 32",
        }));
    }

    [Test]
    public void ToBuilder_HasTheModelOfThePreset()
    {
        var preset = TrainingPresets.Edm with { Network = PreflightCase.Small };
        using var model = preset.ToBuilder().Build();
        Assert.That((model.Process.Schedule, model.Prediction, model.Sampler), Is.EqualTo((preset.Schedule, preset.Prediction, preset.Sampler)));
        Assert.That(((UNet)model.Denoiser).Options, Is.EqualTo(preset.Network));
        Assert.That(model.Levels, Is.EqualTo(preset.Options.Levels));
        // Its sampler and all else are those of the builder's own EDM.
        using var own = new DiffusionBuilder().WithEdm().WithUNet(PreflightCase.Small).Build();
        Assert.That((own.Sampler, own.Prediction, own.Levels), Is.EqualTo((model.Sampler, model.Prediction, model.Levels)));
    }

    [Test]
    public void DifferencesOf_AnotherNetwork_NameIt()
    {
        using var network = new TinyNetwork();
        using var model = new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 32, 32)).Build();
        Assert.That(
            TrainingPresets.Paper.DifferencesOf(TrainingOptions.Paper, model), Is.EqualTo(new[] { "network is TinyNetwork instead of UNet" }));
    }
}
