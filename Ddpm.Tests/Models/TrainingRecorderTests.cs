using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class TrainingRecorderTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly TrainingOptions Options = new() { Steps = 4, BatchSize = 4, WarmupSteps = 0 };
    private static readonly IImageDataset Data = new ShapesReader(count: 8).Read();

    private Diffusion Model() => Build(new DiffusionBuilder()
        .WithLinearSchedule(10, 0.01, 0.4).WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] }));

    // But for the states, of which TrainingResumeTests tells.
    private static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))
            .Where(file => !file.StartsWith("checkpoints", StringComparison.Ordinal)).Order(),
    ];

    [Test]
    public void AFolderThatCannotBeWritten_EndsTheRunBeforeItsFirstStep()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        File.WriteAllText(folder.File("file"), "in the way");
        var steps = 0;
        var recorder = new TrainingRecorder(model, folder.File("file/run"));
        Assert.That(() => model.Train(Options, Data, new Direct<TrainingProgress>(_ => steps++), [recorder]),
            Throws.InstanceOf<IOException>().With.Message.Contains("file/run").And.Message.Contains("must be writable"));
        Assert.That(steps, Is.Zero);
    }

    // Hours of training should not end at the first picture.
    [Test]
    public void WhatCannotBeDrawnOrMeasured_IsSaidBeforeTheFirstStep()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        using var withClasses = Build(new DiffusionBuilder()
            .WithLinearSchedule(10).WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] }).WithClasses(12));
        TrainingRecorder Drawing(SamplingOptions sampling) => new(model, folder.Path) { Sampling = sampling };
        foreach (var (trained, recorder, rule) in new (Diffusion, TrainingRecorder, string)[]
        {
            (model, Drawing(new() { Labels = [1] }), "one label an image"), (model, Drawing(new() { Guidance = new(2) }), "null class"),
            (model, Drawing(new() { Sampler = new DdimSampler(50) }), "Steps must fall"),
            (model, new(model, folder.Path) { HeldOut = new ImageDataset(model.Image, []) }, "at least one"),
            (withClasses, new(withClasses, folder.Path) { HeldOut = new ImageDataset(model.Image, new byte[768]) }, "must have labels"),
        })
        {
            var steps = 0;
            Assert.That(() => trained.Train(Options, Data, new Direct<TrainingProgress>(_ => steps++), [recorder]),
                Throws.ArgumentException.With.Message.Contains(rule));
            Assert.That(steps, Is.Zero, rule);
        }
    }

    [Test]
    public void ALossOfZero_DrawsNoPlot()
    {
        using var folder = new TemporaryFolder();
        using var network = new Scaling();
        using var model = new DiffusionBuilder().WithLinearSchedule(10).WithDenoiser(Wrap(network), Data.Shape)
            .WithPrediction(PredictionType.X0).Build();
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 0, SavesModel = false };
        model.Train(Options with { Weighting = LossWeighting.OfSnr(_ => 0) }, Data, observers: [recorder]);
        Assert.That(Files(folder.Path), Is.EqualTo((string[])["loss.csv"]));
    }

    private sealed class Scaling : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Parameter weight = new(ones(1));

        internal Scaling()
            : base(nameof(Scaling)) => RegisterComponents();

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => x * weight;
    }

    // A folder where a file should be stands for a picture that another program holds open.
    [Test]
    public void WhatCannotBeWritten_IsToldAndTrainingGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        foreach (var name in (string[])["samples.png", "loss.png", "loss.csv"])
            Directory.CreateDirectory(folder.File(name));
        var told = new List<string>();
        var recorder = new TrainingRecorder(model, folder.Path) { PictureEvery = 2, Pictures = 1, Warnings = new Direct<string>(told.Add) };
        Assert.That(() => model.Train(Options, Data, observers: [recorder]), Throws.Nothing);
        Assert.That(told, Has.Count.EqualTo(5).And.Some.Contains("samples.png"));
        Assert.That(recorder.Faults, Is.EqualTo(told));
        Assert.That(Files(folder.Path), Is.EqualTo((string[])
            ["model/ddpm.json", "model/model.safetensors", "samples/0000002.png", "samples/0000004.png"]));
    }

    [Test]
    public void Pictures_WithACodec_AreWrittenByIt()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var codec = new Ddpm.Tests.Data.Imaging.MadeCodec(new(1, 1));
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 1, Scale = 1, SavesModel = false, StatesKept = 0, Codec = codec };
        model.Train(Options, Data, observers: [recorder]);
        foreach (var name in (string[])["samples.png", "samples/0000004.png"])
            Assert.That(File.ReadAllBytes(folder.File(name)), Is.EqualTo(new byte[] { 16, 16 }), name);
        Assert.That(new FileInfo(folder.File("loss.png")).Length, Is.EqualTo(2));
    }

    [Test]
    public void AModelThatCannotBeWrittenInTheEnd_IsAnException_AndTheNetworkHoldsItsAverage()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        File.WriteAllText(folder.File("model"), "in the way");
        var recorder = new TrainingRecorder(model, folder.Path) { SaveEvery = 2, Pictures = 0 };
        var steps = 0;
        Assert.That(() => model.Train(Options, Data, new Direct<TrainingProgress>(_ => steps++), [recorder]), Throws.InstanceOf<IOException>());
        Assert.That((steps, recorder.Faults.Count), Is.EqualTo((4, 1)));
        Assert.That(model.Denoiser.Network!.parameters().Any(weight => weight.ne(0).any().item<bool>()), Is.True);
    }

    [Test]
    public void ARunThatDiverges_LeavesItsLastGoodWeightsAndItsLosses()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var recorder = new TrainingRecorder(model, folder.Path) { SaveEvery = 0, PictureEvery = 0 };
        Assert.Throws<TrainingDivergedException>(() => model.Train(
            Options with { EmaDecay = 0 }, Data, new Direct<TrainingProgress>(progress => Poison(model, progress.Step)), [recorder]));
        Assert.That(Files(folder.Path), Is.EqualTo((string[])["loss.csv", "loss.png", "model/ddpm.json", "model/model.safetensors"]));
        Assert.That(File.ReadLines(folder.File("loss.csv")).Count(), Is.EqualTo(1 + 3));
    }

    [Test]
    public void ARunThatIsCancelled_LeavesItsWeightsAndItsLosses()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        using var stop = new CancellationTokenSource();
        var recorder = new TrainingRecorder(model, folder.Path) { SaveEvery = 0, PictureEvery = 0 };
        Assert.Throws<OperationCanceledException>(() => model.Train(
            Options, Data, new Direct<TrainingProgress>(progress => { if (progress.Step == 2) stop.Cancel(); }), [recorder],
            cancellationToken: stop.Token));
        using var saved = Diffusion.FromPretrained(folder.File("model"));
        foreach (var (mine, its) in model.Denoiser.Network!.parameters().Zip(((UNet)saved.Denoiser).parameters()))
            Expect.Same(its, mine);
        Assert.That(File.Exists(folder.File("loss.png")));
    }

    // Sampling for pictures would take a thousand steps of a network that says when it was asked last.
    [Test]
    public void Cancelled_WhileItDraws_StopsAtTheNextStep([Values] bool measuring)
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var asked = 0;
        using var network = new Asked(() =>
        {
            if (++asked == 10)
                stop.Cancel();
        });
        using var model = new DiffusionBuilder().WithDenoiser(Wrap(network), new ImageShape(3, 16, 16)).Build();
        var recorder = new TrainingRecorder(model, folder.Path)
        {
            SavesModel = false, Pictures = 1, HeldOut = measuring ? Data : null, HeldOutCount = 1,
        };
        Assert.Throws<OperationCanceledException>(() => model.Train(Options with { Steps = 1 }, Data, null, [recorder], cancellationToken: stop.Token));
        Assert.That(asked, Is.InRange(10, 11));
    }

    [Test]
    public void AReusedRecorder_CountsTheStepsOn()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 1, HeldOut = Data };
        var first = new List<double>();
        var second = new List<double>();
        model.Train(Options, Data, new Direct<TrainingProgress>(progress => first.Add(progress.Loss)), [recorder]);
        model.Train(
            Options with { IfTrained = WhenTrained.GoOn }, Data, new Direct<TrainingProgress>(progress => second.Add(progress.Loss)), [recorder]);
        Assert.That(recorder.Losses.Select(point => point.Step), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(recorder.HeldOutLosses.Select(point => point.Step), Is.EqualTo(new[] { 4, 8 }));
        Assert.That(File.ReadLines(folder.File("loss.csv")).Last(), Does.StartWith("8,"));
        Assert.That(File.Exists(folder.File("samples/0000008.png")));
        // Other images, steps and noise: other losses.
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(second[0], Is.Not.EqualTo(first[0]).Within(1e-6));
    }

    [Test]
    public void AModelThatCannotBeSaved_IsRefusedBeforeTheFirstStep_UnlessNoneIsWanted()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var model = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.4).WithDenoiser(Wrap(network), new ImageShape(3, 16, 16)).Build();
        var (steps, output) = (0, folder.File("run"));
        void Train(TrainingRecorder recorder) => model.Train(Options, Data, new Direct<TrainingProgress>(_ => steps++), [recorder]);
        Assert.That(() => Train(new(model, output) { Pictures = 0 }), Throws.InvalidOperationException.With.Message.Contains("can be saved")
            .And.Message.Contains("describes itself").And.Message.Contains("SavesModel"));
        Assert.That((steps, Directory.Exists(output)), Is.EqualTo((0, false)));
        Train(new(model, output) { Pictures = 0, SavesModel = false });
        Assert.That(steps, Is.EqualTo(4));
        Assert.That(Files(output), Is.EqualTo((string[])["loss.csv", "loss.png"]));
    }

    [Test]
    public void APipelineWhereTheModelGoes_IsRefusedBeforeTheFirstStep()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.SavePretrained(folder.File("model"));
        var files = Files(folder.Path);
        var steps = 0;
        Assert.That(
            () => model.Train(Options, Data, new Direct<TrainingProgress>(_ => steps++), [new TrainingRecorder(model, folder.Path) { Pictures = 0 }]),
            Throws.InstanceOf<IOException>().With.Message.Contains("pipeline"));
        Assert.That((steps, Files(folder.Path)), Is.EqualTo((0, files)));
    }

    [Test]
    public void HeldOutImages_OfOtherClassesOrShape_AreRefusedBeforeTheFirstStep()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var pixels = new byte[3 * 16 * 16];
        foreach (var (heldOut, rule) in new (IImageDataset, string)[]
        {
            (new ImageDataset(new(3, 16, 16), pixels, [0], ["red circle"]), "'green circle'"),
            (new ImageDataset(new(3, 16, 8), new byte[3 * 16 * 8]), "3 x 16 x 8"),
        })
            Assert.That(() => model.Train(Options, Data, observers: [new TrainingRecorder(model, folder.Path) { HeldOut = heldOut }]),
                Throws.ArgumentException.With.Message.Contains("Held-out images").And.Message.Contains(rule));
        Assert.That(Files(folder.Path), Is.Empty);
    }

    [Test]
    public void Settings_OutOfRange_AreRefused()
    {
        using var model = Model();
        Assert.That(() => new TrainingRecorder(model, "out") { SaveEvery = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TrainingRecorder(model, "out") { Columns = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TrainingRecorder(model, "out") { Scale = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TrainingRecorder(model, "out") { Pictures = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Poison(Diffusion model, int step)
    {
        using var noGrad = no_grad();
        if (step == 3)
            model.Denoiser.Network!.parameters().First().fill_(float.NaN);
    }

    private sealed class Asked : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Parameter weight = new(ones(1));
        private readonly Action asked;

        internal Asked(Action asked)
            : base(nameof(Asked))
        {
            this.asked = asked;
            RegisterComponents();
        }

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            asked();
            return x * weight;
        }
    }
}
