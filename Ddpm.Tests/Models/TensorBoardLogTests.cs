using Ddpm.Tests.Data.TensorBoard;

namespace Ddpm.Tests.Models;

public class TensorBoardLogTests
{
    private static readonly IImageDataset Data = new ShapesReader(count: 8).Read();
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(10));

    private static string[] EventFiles(TemporaryFolder folder) => Directory.GetFiles(folder.Path, "*tfevents*");

    private static LoggedEvent[] Events(TemporaryFolder folder) => [.. EventReader.Read(EventFiles(folder).Single())];

    private static TrainingProgress At(int step, params IReadOnlyList<StepRecord> read) =>
        new(step, 1000, 1, 0.5, 1, 1e-4, 20, TimeSpan.FromSeconds(step)) { Read = read };

    private static Trainer Trainer(TinyNetwork network, int steps) =>
        new(network, Process, Data, new() { Steps = steps, BatchSize = 4, WarmupSteps = 0 });

    [Test]
    public void ARun_IsLoggedEveryFewSteps_AndAtItsEnd()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var trainer = Trainer(network, steps: 7);
        var losses = new List<double>();
        using var log = new TensorBoardLog(folder.File("log")) { Every = 3 };
        trainer.Run(new Direct<TrainingProgress>(progress => losses.Add(progress.Loss)), [log]);
        var shown = TensorBoardView.Of(folder.File("log"));
        Assert.That(shown.Keys, Is.EquivalentTo(new[]
        {
            "loss/training", "loss/training_mean", "optimiser/gradient_norm", "optimiser/learning_rate", "optimiser/skipped_steps",
            "machine/images_per_second", "machine/memory_mb", "loss_by_t/quarter_1", "loss_by_t/quarter_2", "loss_by_t/quarter_3", "loss_by_t/quarter_4",
        }));
        // A quarter has no point where none of the few images had such a t.
        Assert.That(
            shown.Where(tag => !tag.Key.Contains("quarter", StringComparison.Ordinal)).Select(tag => tag.Value.Select(point => point.Step)),
            Is.All.EqualTo(new[] { 3, 6, 7 }));
        float?[] means = [(float)losses[..3].Average(), (float)losses[3..6].Average(), (float)losses[6]];
        Assert.That(shown["loss/training"].Select(point => point.Value), Is.EqualTo(means));
        Assert.That(shown["loss/training_mean"][2].Value, Is.EqualTo((float)losses.Average()).Within(1e-6));
        Assert.That(shown["optimiser/learning_rate"].Select(point => point.Value), Is.All.EqualTo((float)trainer.Options.LearningRate));
    }

    [Test]
    public void LossByQuarter_AndSkippedSteps_AreMeansOfWhatThereWas()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var trainer = Trainer(network, steps: 1000);
        using var log = new TensorBoardLog(folder.Path) { Every = 2 };
        log.BeforeTraining(trainer);
        log.AfterStep(trainer, At(1), default);
        log.AfterStep(trainer, At(2,
            new(1, 0.5, 3, 1e-4) { LossByQuarter = [1, double.NaN, 3, double.NaN] },
            new(2, double.NaN, double.PositiveInfinity, 2e-4, IsSkipped: true) { LossByQuarter = [2, double.NaN, double.NaN, double.NaN] })
            with { SkippedSteps = 1 }, default);
        var values = Events(folder)[^1].Values.ToDictionary(value => value.Tag, value => value.Number);
        Assert.That(values["loss_by_t/quarter_1"], Is.EqualTo(1.5f));
        Assert.That(values["loss_by_t/quarter_3"], Is.EqualTo(3f));
        Assert.That(values.Keys, Has.None.EqualTo("loss_by_t/quarter_2").And.None.EqualTo("loss_by_t/quarter_4"));
        Assert.That(values["loss/training"], Is.EqualTo(0.5f));
        Assert.That(values["loss/training_mean"], Is.EqualTo(0.5f));
        Assert.That(values["optimiser/gradient_norm"], Is.EqualTo(3f));
        Assert.That(values["optimiser/learning_rate"], Is.EqualTo(2e-4f));
        Assert.That(values["optimiser/skipped_steps"], Is.EqualTo(1f));
        Assert.That(values["machine/images_per_second"], Is.EqualTo(20f));
    }

    // A run goes on at step 3 that was killed after step 5.
    [Test]
    public void ARunThatGoesOn_DropsWhatAKilledOneSaidOfLaterSteps()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var trainer = Trainer(network, steps: 6);
        using var killed = new TensorBoardLog(folder.Path) { Every = 1 };
        using (var cancel = new CancellationTokenSource())
            Assert.That(() => trainer.Run(new Direct<TrainingProgress>(progress =>
            {
                if (progress.Step == 3)
                    cancel.Cancel();
            }), [killed], cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        killed.AddScalar("loss/held_out", 3, 1);
        killed.AddScalar("loss/held_out", 5, 2);
        using var log = new TensorBoardLog(folder.Path) { Every = 1 };
        log.BeforeTraining(trainer);
        Assert.That(TensorBoardView.Of(folder.Path)["loss/training"], Has.Count.EqualTo(3), "before the first step already");
        trainer.Run(observers: [log]);
        var shown = TensorBoardView.Of(folder.Path);
        Assert.That(shown["loss/training"].Select(point => point.Step), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(shown["loss/held_out"], Is.EqualTo(new (long, float?)[] { (3, 1) }));
    }

    [Test]
    public void ARunThatIsCancelled_HasItsLastStepsToo()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var trainer = Trainer(network, steps: 100);
        using var log = new TensorBoardLog(folder.Path) { Every = 4 };
        using var cancel = new CancellationTokenSource();
        var progress = new Direct<TrainingProgress>(at =>
        {
            if (at.Step == 6)
                cancel.Cancel();
        });
        Assert.That(() => trainer.Run(progress, [log], cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(TensorBoardView.Of(folder.Path)["loss/training"].Select(point => point.Step), Is.EqualTo(new[] { 4, 6 }));
    }

    [Test]
    public void AFurtherRunOfTheSameLog_IsCountedOn()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var log = new TensorBoardLog(folder.Path) { Every = 2 };
        for (var run = 0; run < 2; run++)
        {
            using var trainer = Trainer(network, steps: 4);
            trainer.Run(observers: [log]);
        }
        Assert.That(TensorBoardView.Of(folder.Path)["loss/training"].Select(point => point.Step), Is.EqualTo(new[] { 2, 4, 6, 8 }));
    }

    [Test]
    public void AddImage_WritesAPngOfTheSamePixels([Values(1, 3)] int channels)
    {
        using var folder = new TemporaryFolder();
        var pixels = new byte[channels * 5 * 7];
        new Random(channels).NextBytes(pixels);
        using (var log = new TensorBoardLog(folder.Path))
            log.AddImage("samples", 12, new(new(channels, 5, 7), pixels));
        var one = Events(folder)[^1];
        var value = one.Values.Single();
        Assert.That((one.Step, value.Tag, value.Shape), Is.EqualTo((12L, "samples", ((long)channels, 5L, 7L))));
        var read = Picture.Load(folder.File("read.png", value.Png!));
        Assert.That(read.Shape, Is.EqualTo(new ImageShape(channels, 5, 7)));
        Assert.That(read.Pixels.ToArray(), Is.EqualTo(pixels));
    }

    [Test]
    public void AddImage_WithACodec_WritesItsBytes()
    {
        using var folder = new TemporaryFolder();
        using (var log = new TensorBoardLog(folder.Path) { Codec = new Ddpm.Tests.Data.Imaging.MadeCodec(new(1, 1)) })
            log.AddImage("samples", 12, new(new(1, 5, 7), new byte[35]));
        Assert.That(Events(folder)[^1].Values.Single().Png, Is.EqualTo(new byte[] { 5, 7 }));
    }

    [Test]
    public void AddScalar_BesideATraining_DropsNothing()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 2; i++)
            using (var log = new TensorBoardLog(folder.Path))
                log.AddScalar("score" + i, 5, i);
        Assert.That(TensorBoardView.Of(folder.Path).Keys, Is.EqualTo(new[] { "score0", "score1" }));
    }

    [Test]
    public void AFolderThatCannotBeWritten_IsToldOnce_AndTriedAgain_AndTheRunGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var trainer = Trainer(network, steps: 9);
        File.WriteAllText(folder.File("log"), "in the way");
        var warnings = new List<string>();
        using var log = new TensorBoardLog(folder.File("log")) { Every = 1, Warnings = new Direct<string>(warnings.Add) };
        trainer.Run(new Direct<TrainingProgress>(progress =>
        {
            if (progress.Step == 5)
                File.Delete(folder.File("log"));
        }), [log]);
        Assert.That(trainer.Step, Is.EqualTo(9));
        Assert.That(warnings, Has.Count.EqualTo(1).And.Some.Contains(folder.File("log")));
        Assert.That(TensorBoardView.Of(folder.File("log"))["loss/training"].Select(point => point.Step), Is.EqualTo(new[] { 5, 6, 7, 8, 9 }));
    }

    // Pictures no longer fit, then nothing does, then there is room again: the file has a gap and stays readable.
    [Test]
    public void ADiskThatIsFullForAWhile_LeavesAGap()
    {
        using var disk = new SmallDisk(64);
        var warnings = new List<string>();
        using var log = new TensorBoardLog(disk.File("log")) { Warnings = new Direct<string>(warnings.Add) };
        var noise = new byte[40 * 40];
        new Random(1).NextBytes(noise);
        for (var step = 1; step <= 100; step++)
        {
            if (step == 20)
                File.WriteAllBytes(disk.File("blocker"), new byte[20_000]);
            if (step == 80)
                File.Delete(disk.File("blocker"));
            log.AddScalar("loss", step, step);
            if (step <= 50)
                log.AddImage("samples", step, new(new(1, 40, 40), noise));
        }
        var shown = TensorBoardView.Of(disk.File("log"));
        var steps = shown["loss"].Select(point => point.Step).ToArray();
        Assert.That(steps, Is.Ordered.And.SupersetOf(Enumerable.Range(1, 10)).And.SupersetOf(Enumerable.Range(80, 21)));
        Assert.That(shown["samples"], Has.Count.InRange(10, 35));
        Assert.That(EventReader.Read(Directory.GetFiles(disk.File("log")).Single()).Last().Step, Is.EqualTo(100), "all of it is readable");
        Assert.That(warnings, Has.Count.GreaterThan(0).And.All.Contains("space"));
    }

    [Test]
    public void OneHundredThousandPoints_TakeNoMemory()
    {
        using var folder = new TemporaryFolder();
        using var log = new TensorBoardLog(folder.Path);
        void Add(int from, int to)
        {
            for (var step = from; step < to; step++)
                log.AddScalar("loss", step, 1.0 / step);
        }

        Add(1, 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Add(1000, 100_000);
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(1 << 20));
        Assert.That(new FileInfo(EventFiles(folder).Single()).Length, Is.InRange(99_999 * 30, 99_999 * 60));
    }

    [Test]
    public void WhatCannotBeLogged_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var log = new TensorBoardLog(folder.Path);
        Assert.That(() => log.AddScalar("", 1, 2), Throws.ArgumentException);
        Assert.That(() => log.AddScalar("loss", -1, 2), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TensorBoardLog(folder.Path) { Every = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new TensorBoardLog(""), Throws.ArgumentException);
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }
}
