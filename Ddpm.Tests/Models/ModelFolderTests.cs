using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>What Save writes, FromPretrained reads.</summary>
public class ModelFolderTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16, Dropout = 0.5 };

    private Diffusion Model() => Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options));

    // Fresh networks predict zero; these do not.
    private static string Weights(TemporaryFolder folder)
    {
        using var network = UNetTests.Randomised(Options);
        var path = folder.File("weights.safetensors");
        SafetensorsWriter.Write(path, network.state_dict());
        return path;
    }

    [Test]
    public void SaveThenLoad_GivesTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = Build(new DiffusionBuilder().WithCosineSchedule(20).WithUNet(Options).WithWeights(Weights(folder))
            .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(7)).WithClipping(null));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Backend = Backend }), model.Sample(2, seed: 0));
        Assert.That(loaded.Denoiser, Is.TypeOf<UNet>());
        Assert.That(loaded.Process.Schedule, Is.TypeOf<CosineSchedule>());
        Assert.That(loaded.Stream(1).Count(), Is.EqualTo(7));

        var (json, weights) = (File.ReadAllBytes(folder.File("ddpm.json")), File.ReadAllBytes(folder.File("model.safetensors")));
        loaded.Save(folder.Path);
        Assert.That(File.ReadAllBytes(folder.File("ddpm.json")), Is.EqualTo(json));
        Assert.That(File.ReadAllBytes(folder.File("model.safetensors")), Is.EqualTo(weights));
    }

    [Test]
    public void SaveThenLoad_KeepsPredictionAndDdim()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var sampler = new DdimSampler(5) { Eta = 0.5, UseClippedOutput = true, End = SamplingEnd.FirstStep, MatchesDiffusers = true };
        var prediction = new PredictorOptions { Parameterization = Parameterization.V, Clip = null, Threshold = new() { Ratio = 0.9, Maximum = 2 } };
        using var model = Build(new DiffusionBuilder()
            .WithSchedule(new ZeroTerminalSnrSchedule(new CosineSchedule(20)))
            .WithUNet(Options)
            .WithWeights(Weights(folder))
            .WithPrediction(prediction)
            .WithSampler(sampler));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Prediction, Is.EqualTo(prediction));
        Assert.That(loaded.Sampler, Is.EqualTo(sampler with { Spacing = ((DdimSampler)loaded.Sampler).Spacing }));
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Backend = Backend }), model.Sample(2, seed: 0));
    }

    private static readonly Parameterization[] Parameterizations =
    [
        Parameterization.Edm(),
        Parameterization.Edm(1.5),
        Parameterization.Flow(),
        Parameterization.V with { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho },
        Parameterization.V with { TimeFactor = 1000.0 / 20 },
        Parameterization.V with { SigmaData = 0.7 },
    ];

    [TestCaseSource(nameof(Parameterizations))]
    public void SaveThenLoad_KeepsTheParameterization(Parameterization parameterization)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options).WithWeights(Weights(folder))
            .WithParameterization(parameterization));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Prediction, Is.EqualTo(model.Prediction));
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Backend = Backend }), model.Sample(2, seed: 0));
        Assert.That(() => model.SavePretrained(folder.File("pipeline")),
            Throws.InvalidOperationException.With.Message.Contains("Input").And.Message.Contains(parameterization.Prediction.ToString()));
        Assert.That(Directory.Exists(folder.File("pipeline")), Is.False);
    }

    // JSON has no infinity; a limit may be one.
    [Test]
    public void SaveThenLoad_KeepsLimitsThatAreInfinite()
    {
        using var scope = NewDisposeScope();
        foreach (var prediction in new PredictorOptions[]
        {
            new() { Clip = double.PositiveInfinity }, new() { Threshold = new() { Ratio = 0.9, Maximum = double.PositiveInfinity } },
        })
        {
            using var folder = new TemporaryFolder();
            using var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options).WithPrediction(prediction));
            model.Save(folder.File("own"));
            using var loaded = Diffusion.FromPretrained(folder.File("own"));
            Assert.That(loaded.Prediction, Is.EqualTo(prediction));
            void SavePretrained() => model.SavePretrained(folder.File("pipeline"));
            if (prediction.Threshold is not null)
            {
                Assert.That(SavePretrained, Throws.InvalidOperationException.With.Message.Contains("infinite"));
                continue;
            }
            SavePretrained();
            using var pipeline = Diffusion.FromPretrained(folder.File("pipeline"));
            Assert.That(pipeline.Prediction.Clip, Is.Null);
        }
    }

    [Test]
    public void Save_OfLevelsOfOnesOwn_IsRefusedBeforeAnythingIsWritten()
    {
        using var folder = new TemporaryFolder();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options)
            .WithTrainingLevels(TrainingLevels.OfProbabilities(_ => null)));
        Assert.That(() => model.Save(folder.File("own")), Throws.InvalidOperationException.With.Message.Contains("levels"));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }

    private static readonly TrainingLevels[] Levels =
    [
        TrainingLevels.Uniform, TrainingLevels.Stratified, TrainingLevels.Importance(0.3), TrainingLevels.LogNormalRho(0.1, 0.7),
        TrainingLevels.UniformTime(3), TrainingLevels.LogitNormalTime(0.2, 0.8, 2),
    ];

    [TestCaseSource(nameof(Levels))]
    public void SaveThenLoad_KeepsTheTrainingLevels(TrainingLevels levels)
    {
        using var folder = new TemporaryFolder();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(20).WithUNet(Options).WithTrainingLevels(levels));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Levels, Is.EqualTo(levels));
    }

    [Test]
    public void SaveThenLoad_KeepsEdmAndFlowMatching([Values] bool flow)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var builder = new DiffusionBuilder().WithUNet(Options).WithWeights(Weights(folder));
        using var model = Build(flow ? builder.WithFlowMatching(2.5, 50) : builder.WithEdm(0.4, 50));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That((loaded.Prediction, loaded.Levels, loaded.Sampler, loaded.Process.Schedule),
            Is.EqualTo((model.Prediction, model.Levels, model.Sampler, model.Process.Schedule)));
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Backend = Backend }), model.Sample(2, seed: 0));
    }

    [Test]
    public void SaveThenLoad_OfASamplerOfOnesOwn_AsksForItByName()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using (var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithUNet(Options).WithSampler(new NothingSampler())))
            model.Save(folder.Path);
        Assert.That(() => Diffusion.FromPretrained(folder.Path),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("NothingSampler").And.Message.Contains("WithSampler"));
        using var given = DiffusionBuilder.FromPretrained(folder.Path).WithSampler(new DdimSampler(5)).Build();
        Assert.That(given.Sampler, Is.TypeOf<DdimSampler>());

        // Files of before say nothing of such a sampler.
        var description = JsonNode.Parse(File.ReadAllText(folder.File("ddpm.json")))!.AsObject();
        description.Remove("sampler");
        File.WriteAllText(folder.File("ddpm.json"), description.ToJsonString());
        Assert.That(() => Diffusion.FromPretrained(folder.Path),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("WithSampler"));
    }

    private sealed class NothingSampler : ISampler
    {
        public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, NoiseStream noise) => [];
    }

    private static readonly INoiseSchedule[] Schedules =
    [
        new LinearSchedule(5),
        new ScaledLinearSchedule(5, 0.1, 0.2),
        new SigmoidSchedule(5),
        new CosineSchedule(5),
        new LaplaceSchedule(5),
        new TabulatedSchedule([0.1, 0.3, 0.2]),
    ];

    private static readonly ISampler[] Samplers =
    [
        new AncestralSampler(AncestralVariance.FixedSmall),
        new DdimSampler(7) { Eta = 0.5, UseClippedOutput = true, End = SamplingEnd.FirstStep, MatchesDiffusers = true },
        new DdimInversion(5),
        new DeisSolver(5),
        new Dpm2Sampler(5) { Churn = new() { Amount = 2, LowestRho = 0.1 } },
        new DpmSolver(6) { Order = 3, Eta = 0.3, Spacing = TimestepSpacing.Karras(6) },
        new DpmSolver2S(5),
        new DpmSolverSde(5),
        new DpmSolverSinglestep(6),
        new EulerSampler(5) { Eta = 1 },
        new HeunSampler(5),
        new IpndmSampler(5),
        new LmsSampler(5) { Order = 2 },
        new PndmSampler(15) { SkipRungeKutta = true },
        new SaSolver(5),
        new UniPcSolver(5) { Variant = UniPcVariant.Bh1, Uncorrected = [0, 2] },
        // There the network is told truncated or rounded steps at the levels.
        new DpmSolver(6) { Spacing = TimestepSpacing.Exponential(6), MatchesDiffusers = true },
        new DpmSolver(6) { Spacing = TimestepSpacing.Karras(6), MatchesDiffusers = true },
        new Dpm2Sampler(6) { Spacing = TimestepSpacing.Karras(6), MatchesDiffusers = true },
        new Dpm2Sampler(6) { Spacing = TimestepSpacing.Exponential(6), MatchesDiffusers = true },
    ];

    [TestCaseSource(nameof(Samplers))]
    public void SaveThenLoad_KeepsTheSampler(ISampler sampler)
    {
        using TemporaryFolder folder = new(), again = new();
        using var model = Build(new DiffusionBuilder().WithCosineSchedule(20).WithUNet(Options).WithSampler(sampler));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Sampler, Is.EqualTo(sampler));
        loaded.Save(again.Path);
        Assert.That(File.ReadAllText(again.File("ddpm.json")), Is.EqualTo(File.ReadAllText(folder.File("ddpm.json"))));
    }

    [TestCaseSource(nameof(Schedules))]
    public void SaveThenLoad_KeepsTheSchedule(INoiseSchedule schedule)
    {
        using var folder = new TemporaryFolder();
        using var model = Build(new DiffusionBuilder().WithSchedule(schedule).WithUNet(Options));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Process.Schedule, Is.EqualTo(schedule));
    }

    [TestCase("\"channels\": 16", "\"channels\": 17", "does not divide 17")]
    [TestCase("\"channels\": 16", "\"channels\": 160000", "weights of the network")]
    [TestCase("\"channels\": 16", "\"channels\": 160000000", "1..1048576")]
    [TestCase("\"up_heads\": null,", "", "up_heads")]
    [TestCase("\"ddpm-1\"", "\"ddpm-2\"", "ddpm-1")]
    [TestCase("\"linear\"", "\"lunar\"", "lunar")]
    [TestCase("\"steps\": 20", "\"stops\": 20", "stops")]
    [TestCase("\"fixed_large\"", "\"huge\"", "variance")]
    [TestCase("\"ancestral\"", "1", "the sampler must be one of")]
    [TestCase("\"ancestral\"", "\"Ancestral\"", "the sampler must be one of")]
    [TestCase("\"time_factor\": 1,", "", "time_factor")]
    [TestCase("\"prediction\": \"epsilon\"", "\"prediction\": \"delta\"", "prediction")]
    [TestCase("\"kind\": \"unet\"", "\"kind\": \"vnet\"", "must be registered")]
    [TestCase("\"sampler\": {", "\"levels\": { \"kind\": \"uniform_time\" }, \"sampler\": {", "all their numbers")]
    [TestCase("{", "[", "ddpm.json")]
    public void Load_OfAChangedDescription_NamesTheRule(string old, string changed, string named)
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        var path = folder.File("ddpm.json");
        var text = File.ReadAllText(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + changed + text[(at + old.Length)..]);
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains(named));
    }

    [Test]
    public void Load_OfAnotherNetworksWeights_ChangesNothingAndNamesThem()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        using (var other = new UNet(Options with { UpsampleBias = false }))
            SafetensorsWriter.Write(folder.File("model.safetensors"), other.state_dict());
        Assert.That(() => Diffusion.FromPretrained(folder.Path),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("weights of the network"));
        File.Delete(folder.File("model.safetensors"));
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("model.safetensors"));
        File.Delete(folder.File("ddpm.json"));
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("ddpm.json"));
    }
}
