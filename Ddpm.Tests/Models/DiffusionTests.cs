using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class DiffusionTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16, Dropout = 0.5 };

    private static Diffusion Model(int steps = 20) => new DiffusionBuilder().WithLinearSchedule(steps, 0.01, 0.4).WithUNet(Options).WithWeights(Weights.Value).Build();

    // Fresh networks predict zero; these do not.
    private static readonly Lazy<string> Weights = new(() =>
    {
        using var network = UNetTests.Randomised(Options);
        var path = Path.Combine(Directory.CreateTempSubdirectory("ddpm").FullName, "weights.safetensors");
        SafetensorsWriter.Write(path, network.state_dict());
        return path;
    });

    [OneTimeTearDown]
    public void DeleteWeights() => Directory.Delete(Path.GetDirectoryName(Weights.Value)!, recursive: true);

    [Test]
    public void Sample_WithTheSameSeed_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var options = new SamplingOptions { Seed = 3 };
        Expect.Same(model.Sample(2, options), model.Sample(2, options));
        Assert.That(Expect.AreSame(model.Sample(2), model.Sample(2, options)), Is.False);
    }

    [Test]
    public void Sample_OfAnImage_DoesNotDependOnTheBatchSize()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var whole = model.Sample(5, new SamplingOptions { BatchSize = 5 });
        Expect.Close(model.Sample(5, new SamplingOptions { BatchSize = 2 }), whole, 1e-4);       // convolutions of other batch sizes round otherwise
        Expect.Close(model.Sample(3), whole[..3], 1e-4);
    }

    [Test]
    public void Stream_EndsWithTheSample()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var frames = model.Stream(2).ToArray();
        Assert.That(frames, Has.Length.EqualTo(20));
        Expect.Same(frames[^1].X, model.Sample(2));
        Expect.Same(frames[^1].X0, frames[^1].X);
        Assert.That(frames.Select(frame => frame.T), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 18.0 - i)));
    }

    [Test]
    public async Task StreamAsyncAndSampleAsync_GiveTheSame()
    {
        using var model = Model();
        using var expected = model.Sample(2);
        using var sampled = await model.SampleAsync(2);
        Expect.Same(sampled, expected);
        await foreach (var frame in model.StreamAsync(2))
            using (frame)
                if (frame.IsLast)
                    Expect.Same(frame.X, expected);
    }

    [Test]
    public void Sample_ReportsEveryStep()
    {
        using var model = Model();
        var reports = new List<SamplingProgress>();
        model.Sample(5, new SamplingOptions { BatchSize = 2 }, new Direct<SamplingProgress>(reports.Add)).Dispose();
        Assert.That(reports.Select(report => report.Step), Is.EqualTo(Enumerable.Range(1, 60)));
        Assert.That(reports, Has.All.Property(nameof(SamplingProgress.Steps)).EqualTo(60));
        Assert.That((reports[19].Images, reports[39].Images, reports[59].Images), Is.EqualTo((2, 4, 5)));
    }

    [Test]
    public void Sample_Cancelled_StopsAtTheNextStep()
    {
        using var model = Model();
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Expect.NoLeak(() => Assert.Throws<OperationCanceledException>(() => model.Sample(1, progress: new Direct<SamplingProgress>(report =>
        {
            steps = report.Step;
            if (report.Step == 4)
                stop.Cancel();
        }), cancellationToken: stop.Token).Dispose()));
        Assert.That(steps, Is.EqualTo(4));
    }

    [Test]
    public void Sample_InTrainingMode_IsWithoutDropoutAndRestoresTheMode()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var expected = model.Sample(2);
        ((nn.Module)model.Denoiser).train();
        Expect.Same(model.Sample(2), expected);
        Assert.That(((nn.Module)model.Denoiser).training, Is.True);
        Assert.That(expected.requires_grad, Is.False);
        Assert.That(is_grad_enabled(), Is.True);
    }

    [Test]
    public void Denoise_FromTheLastStep_IsSampling()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var start = CosineNoise.Draw(0, 2, 3, 16, 16);
        var sampled = model.Sample(2, new SamplingOptions { Noise = CosineNoise.From(0) });
        var denoised = model.Denoise(start, 19, new SamplingOptions { Noise = CosineNoise.From(1) }).Last();
        Expect.Same(denoised.X, sampled);
    }

    [Test]
    public void Diffuse_IsEquation4WithTheSeedsNoise()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var x0 = CosineNoise.Draw(3, 2, 3, 16, 16);
        Expect.Same(model.Diffuse(x0, 7, seed: 5), model.Process.Diffuse(x0, 7, new SeededNoise(5).Draw(x0.shape)));
    }

    [Test]
    public void Train_WithTheSameSeed_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        var data = new ShapesReader(count: 8).Read();
        Dictionary<string, Tensor> Train()
        {
            using var model = Model();
            model.Train(new TrainingOptions { Steps = 3, BatchSize = 4, WarmupSteps = 0 }, data);
            return ((UNet)model.Denoiser).state_dict().ToDictionary(weight => weight.Key, weight => weight.Value.clone());
        }
        var (first, second) = (Train(), Train());
        foreach (var (name, weight) in first)
            Assert.That(Expect.AreSame(second[name], weight), name);
    }

    [Test]
    public void Train_OfADenoiserOfOnesOwn_LowersItsLossAndRecordsIt()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var model = new DiffusionBuilder().WithLinearSchedule(50).WithDenoiser(network, new ImageShape(3, 16, 16)).WithDataset(new ShapesReader(count: 32)).Build();
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 4, HeldOut = new ShapesReader(count: 8, seed: 1).Read() };
        model.Train(new TrainingOptions { Steps = 100, BatchSize = 8, LearningRate = 0.01, WarmupSteps = 0 }, observers: [recorder]);
        Assert.That(recorder.Losses.TakeLast(20).Average(point => point.Loss), Is.LessThan(0.7 * recorder.Losses.Take(20).Average(point => point.Loss)));
        Assert.That(recorder.HeldOutLosses.Single().Loss, Is.InRange(0.001, 0.9));
        Assert.That(File.ReadLines(folder.File("loss.csv")).Last(), Does.Match(@"^100,0\.\d+,0\.\d+$"));
        Assert.That((File.Exists(folder.File("samples.png")), File.Exists(folder.File("loss.png")), Directory.Exists(folder.File("model"))), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void Train_ThenSample_LeavesNothingAlive()
    {
        using var model = Model();
        var data = new ImageDataset(Options.Image, new byte[8 * 3 * 16 * 16]);
        Expect.NoLeak(() =>
        {
            model.Train(new TrainingOptions { Steps = 3, BatchSize = 4 }, data);
            model.Sample(2).Dispose();
        });
    }

    [Test]
    [Category("Slow")]
    public void Sample_1000Steps_LeavesNothingAlive()
    {
        using var model = Model(1000);
        var (early, late) = (0L, 0L);
        model.Sample(1, progress: new Direct<SamplingProgress>(report =>
        {
            if (report.Step == 10)
                early = Expect.LiveTensors();
            if (report.Step == 1000)
                late = Expect.LiveTensors();
        })).Dispose();
        Assert.That(late, Is.LessThanOrEqualTo(early + 1));       // the batch's result; what other tests left may be collected meanwhile
    }

    [Test]
    public void WrongCalls_NameTheRule()
    {
        using var model = Model();
        Assert.That(() => model.Sample(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.Sample(2, new SamplingOptions { Labels = [1] }), Throws.ArgumentException.With.Message.Contains("1 labels for 2 images"));
        Assert.That(() => new SamplingOptions { BatchSize = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.Train(), Throws.InvalidOperationException.With.Message.Contains("WithDataset"));
        Assert.That(() => model.Train(data: new ImageDataset(new ImageShape(1, 16, 16), new byte[256])), Throws.ArgumentException.With.Message.Contains("3 x 16 x 16").And.Message.Contains("1 x 16 x 16"));
    }

    [Test]
    public void SaveThenLoad_GivesTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = new DiffusionBuilder().WithCosineSchedule(20).WithUNet(Options).WithWeights(Weights.Value)
            .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(7)).WithClipping(null).Build();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Expect.Same(loaded.Sample(2), model.Sample(2));
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
        var sampler = new DdimSampler(5) { Eta = 0.5, UseClippedOutput = true, End = SamplingEnd.FirstStep, Compatible = true };
        var prediction = new PredictorOptions { Type = PredictionType.V, Clip = null, Threshold = new() { Ratio = 0.9, Maximum = 2 } };
        using var model = new DiffusionBuilder().WithSchedule(new ZeroTerminalSnrSchedule(new CosineSchedule(20))).WithUNet(Options).WithWeights(Weights.Value)
            .WithPrediction(prediction).WithSampler(sampler).Build();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Prediction, Is.EqualTo(prediction));
        Assert.That(loaded.Sampler, Is.EqualTo(sampler with { Spacing = ((DdimSampler)loaded.Sampler).Spacing }));
        Expect.Same(loaded.Sample(2), model.Sample(2));
    }

    private static readonly INoiseSchedule[] Schedules =
        [new LinearSchedule(5), new ScaledLinearSchedule(5, 0.1, 0.2), new SigmoidSchedule(5), new CosineSchedule(5), new LaplaceSchedule(5), new TabulatedSchedule([0.1, 0.3, 0.2])];

    private static readonly ISampler[] Samplers =
    [
        new AncestralSampler(AncestralVariance.LearnedRange), new DdimSampler(7) { Eta = 0.5, UseClippedOutput = true, End = SamplingEnd.FirstStep, Compatible = true },
        new DdimInversion(5), new DeisSolver(5), new Dpm2Sampler(5) { Churn = new() { Amount = 2, LowestRho = 0.1 } }, new DpmSolver(6) { Order = 3, Eta = 0.3, Spacing = TimestepSpacing.Karras(6) },
        new DpmSolver2S(5), new DpmSolverSde(5), new DpmSolverSinglestep(6), new EulerSampler(5) { Eta = 1 }, new HeunSampler(5), new IpndmSampler(5), new LmsSampler(5) { Order = 2 },
        new PndmSampler(15) { SkipRungeKutta = true }, new SaSolver(5), new UniPcSolver(5) { Variant = UniPcVariant.Bh1, Uncorrected = [0, 2] },
    ];

    [TestCaseSource(nameof(Samplers))]
    public void SaveThenLoad_KeepsTheSampler(ISampler sampler)
    {
        using TemporaryFolder folder = new(), again = new();
        using var model = new DiffusionBuilder().WithCosineSchedule(20).WithUNet(Options).WithSampler(sampler).Build();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Sampler, Is.TypeOf(sampler.GetType()));
        var (saved, read) = ((GridSampler)sampler, (GridSampler)loaded.Sampler);
        // Everything but the spacing is equal as records are; levels are the same points.
        if (sampler is not UniPcSolver)
            Assert.That(read with { Spacing = saved.Spacing }, Is.EqualTo(saved));
        Assert.That(read.Spacing.Select(model.Process.Path).Select(point => point.Rho), Is.EqualTo(saved.Spacing.Select(model.Process.Path).Select(point => point.Rho)));
        loaded.Save(again.Path);
        Assert.That(File.ReadAllText(again.File("ddpm.json")), Is.EqualTo(File.ReadAllText(folder.File("ddpm.json"))));
    }

    [TestCaseSource(nameof(Schedules))]
    public void SaveThenLoad_KeepsTheSchedule(INoiseSchedule schedule)
    {
        using var folder = new TemporaryFolder();
        using var model = new DiffusionBuilder().WithSchedule(schedule).WithUNet(Options).Build();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Process.Schedule, Is.TypeOf(schedule.GetType()));
        Assert.That(loaded.Process.Schedule.Betas, Is.EqualTo(schedule.Betas));
    }

    [TestCase("\"channels\": 16", "\"channels\": 17", "does not divide 17")]
    [TestCase("\"channels\": 16", "\"channels\": 160000", "weights of the network")]
    [TestCase("\"channels\": 16", "\"channels\": 160000000", "1..1048576")]
    [TestCase("\"up_heads\": null,", "", "up_heads")]
    [TestCase("\"ddpm-1\"", "\"ddpm-2\"", "ddpm-1")]
    [TestCase("\"linear\"", "\"lunar\"", "lunar")]
    [TestCase("\"steps\": 20", "\"stops\": 20", "stops")]
    [TestCase("\"fixed_large\"", "\"huge\"", "variance")]
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
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("weights of the network"));
        File.Delete(folder.File("model.safetensors"));
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("model.safetensors"));
        File.Delete(folder.File("ddpm.json"));
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("ddpm.json"));
    }
}
