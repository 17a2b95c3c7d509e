using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class DiffusionTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16, Dropout = 0.5 };

    // Weights of a file are trained ones.
    private static readonly TrainingOptions GoOn = new() { IfTrained = WhenTrained.GoOn };

    private static Diffusion Model(int steps = 20) => new DiffusionBuilder()
        .WithLinearSchedule(steps, 0.01, 0.4)
        .WithUNet(Options)
        .WithWeights(Weights.Value)
        .Build();

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
        Assert.That(Expect.AreSame(model.Sample(2, seed: 0), model.Sample(2, options)), Is.False);
    }

    // DDIM with eta 1 draws noise on the way too.
    [Test]
    public void Sample_FromALaterImageOn_IsThatPartOfTheSet()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var options = new SamplingOptions { Seed = 3, BatchSize = 2, Sampler = new DdimSampler(5) { Eta = 1 } };
        var whole = model.Sample(6, options);

        Expect.Same(model.Sample(4, options with { FirstImage = 2 }), whole[2..]);
        Expect.Same(model.Sample(2, options with { Seed = null, Noise = new SeededNoise(3), FirstImage = 4 }), whole[4..]);
        Assert.That(() => options with { FirstImage = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Sample_OfAnImage_DoesNotDependOnTheBatchSize()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var whole = model.Sample(5, new SamplingOptions { Seed = 0, BatchSize = 5 });
        Expect.Close(model.Sample(5, new SamplingOptions { Seed = 0, BatchSize = 2 }), whole, 1e-4);   // other batches round otherwise
        Expect.Close(model.Sample(3, seed: 0), whole[..3], 1e-4);
    }

    [Test]
    public void Stream_EndsWithTheSample()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var frames = model.Stream(2, new() { Seed = 0 }).ToArray();
        Assert.That(frames, Has.Length.EqualTo(20));
        Expect.Same(frames[^1].X, model.Sample(2, seed: 0));
        Expect.Same(frames[^1].X0, frames[^1].X);
        Assert.That(frames.Select(frame => frame.T), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 18.0 - i)));
    }

    [Test]
    public async Task StreamAsyncAndSampleAsync_GiveTheSame()
    {
        using var model = Model();
        using var expected = model.Sample(2, seed: 0);
        using var sampled = await model.SampleAsync(2, new() { Seed = 0 });
        Expect.Same(sampled, expected);
        await foreach (var frame in model.StreamAsync(2, new() { Seed = 0 }))
            using (frame)
                if (frame.IsLast)
                    Expect.Same(frame.X, expected);
    }

    [Test]
    public void Sample_ReportsEveryStep()
    {
        using var model = Model();
        var reports = new List<SamplingProgress>();
        model.Sample(5, new SamplingOptions { Seed = 0, BatchSize = 2 }, new Direct<SamplingProgress>(reports.Add)).Dispose();
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
        var expected = model.Sample(2, seed: 0);
        ((nn.Module)model.Denoiser).train();
        Expect.Same(model.Sample(2, seed: 0), expected);
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
        var sampled = model.Sample(2, new SamplingOptions { Seed = 0, Noise = CosineNoise.From(0) });
        var denoised = model.Denoise(start, 19, new SamplingOptions { Seed = 0, Noise = CosineNoise.From(0) }).Last();
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
            model.Train(GoOn with { Steps = 3, BatchSize = 4, WarmupSteps = 0 }, data);
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
        using var model = new DiffusionBuilder()
            .WithLinearSchedule(50)
            .WithDenoiser(network, new ImageShape(3, 16, 16))
            .WithDataset(new ShapesReader(count: 32))
            .Build();
        var recorder = new TrainingRecorder(model, folder.Path)
        {
            SavesModel = false, Pictures = 4, HeldOut = new ShapesReader(count: 8, seed: 1).Read(),
        };
        model.Train(new TrainingOptions { Steps = 100, BatchSize = 8, LearningRate = 0.01, WarmupSteps = 0 }, observers: [recorder]);
        Assert.That(recorder.Losses.TakeLast(20).Average(point => point.Loss),
            Is.LessThan(0.7 * recorder.Losses.Take(20).Average(point => point.Loss)));
        Assert.That(recorder.HeldOutLosses.Single().Loss, Is.InRange(0.001, 0.9));
        Assert.That(File.ReadLines(folder.File("loss.csv")).Last(), Does.Match(@"^100,0\.\d+,0\.\d+$"));
        Assert.That((File.Exists(folder.File("samples.png")), File.Exists(folder.File("loss.png")), Directory.Exists(folder.File("model"))),
            Is.EqualTo((true, true, false)));
    }

    [Test]
    public void Train_ThenSample_LeavesNothingAlive()
    {
        using var model = Model();
        var data = new ImageDataset(Options.Image, new byte[8 * 3 * 16 * 16]);
        Expect.NoLeak(() =>
        {
            model.Train(GoOn with { Steps = 3, BatchSize = 4 }, data);
            model.Sample(2, seed: 0).Dispose();
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
        Assert.That(() => model.Sample(0, seed: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.Sample(2, new SamplingOptions { Seed = 0, Labels = [1] }),
            Throws.ArgumentException.With.Message.Contains("1 labels for 2 images"));
        Assert.That(() => new SamplingOptions { Seed = 0, BatchSize = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.Train(GoOn), Throws.InvalidOperationException.With.Message.Contains("WithDataset"));
        Assert.That(() => model.Train(GoOn, new ImageDataset(new ImageShape(1, 16, 16), new byte[256])),
            Throws.ArgumentException.With.Message.Contains("3 x 16 x 16").And.Message.Contains("1 x 16 x 16"));
    }
}
