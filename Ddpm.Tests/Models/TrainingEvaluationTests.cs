using Ddpm.Formats;
using Ddpm.Tests.Data.TensorBoard;
using MathNet.Numerics.LinearAlgebra;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Runs whose images are measured now and then: what is kept, what is said, and that training does not notice.</summary>
public class TrainingEvaluationTests
{
    private static readonly IImageDataset Data = new ShapesReader(count: 12).Read();
    private static readonly TrainingOptions Recipe = new() { Steps = 6, BatchSize = 4, WarmupSteps = 0, LearningRate = 1e-2 };
    private static readonly RandomProjectionFeatures Projection = new(Data.Shape, 8);
    private static readonly FeatureStatistics Reference = ImageFeatures.Statistics(Data, Projection);

    private static Diffusion Model() => new DiffusionBuilder()
        .WithLinearSchedule(10, 0.01, 0.4).WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] }).WithSeed(0).Build();

    private static TrainingEvaluation Each(int every, IFeatureExtractor? extractor = null, FeatureStatistics? reference = null) =>
        new(extractor ?? Projection, reference ?? Reference)
        {
            Images = 5, Every = every, Sampling = new() { BatchSize = 2, Sampler = new DdimSampler(2) },
        };

    private static Dictionary<string, float[]> Weights(Diffusion model)
    {
        using var scope = NewDisposeScope();
        return model.Denoiser.Network!.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().contiguous().data<float>().ToArray());
    }

    // The distance from one feature of mean 0 and variance 0: mean² + variance of what is told.
    private static readonly FeatureStatistics Zero = new(null, Vector<double>.Build.Dense(1), Matrix<double>.Build.Dense(1, 1));

    private sealed class Scripted(params double[] distances) : IFeatureExtractor
    {
        private int asked;

        public FeatureSpace Space { get; } = new("scripted", 1);

        // The first call is the trial before the first step; then five images an evaluation, in three calls.
        public Tensor Extract(Tensor images) => full(images.shape[0], 1, (float)Math.Sqrt(distances[Math.Max(0, asked++ - 1) / 3]));
    }

    private sealed class AtStep(int step, Action<Trainer> action) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
        {
            if (progress.Step == step)
                action(trainer);
        }
    }

    [TestCase(new double[] { 9, 1, 4 }, 4)]
    [TestCase(new double[] { 9, 4, 1 }, 6)]
    [TestCase(new double[] { 1, 4, 9 }, 2)]
    public void TheBestModelAndState_AreThoseOfTheLowestDistance(double[] distances, int best)
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        Dictionary<string, float[]> expected = [];
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 0, SaveEvery = 0, Evaluation = Each(2, new Scripted(distances), Zero) };
        var watching = new AtStep(best, trainer =>
        {
            using (trainer.UseAverage())
                expected = Weights(model);
        });

        model.Train(Recipe, Data, observers: [watching, recorder]);

        Assert.That(recorder.Faults, Is.Empty);
        Assert.That(recorder.Distances.Select(each => each.Step), Is.EqualTo(new[] { 2, 4, 6 }));
        Assert.That(recorder.Distances.Select(each => each.Distance), Is.EqualTo(distances).Within(1e-5));
        using var kept = Diffusion.FromPretrained(folder.File("best"));
        Assert.That(Weights(kept), Is.EqualTo(expected));
        using var store = new CheckpointStore(folder.File("checkpoints"));
        Assert.That(Path.GetFileName(store.Best()!.Path), Does.EndWith($"{best:D7}").Or.EndWith($"{best}"));
    }

    [Test]
    public void Training_DoesNotNotice()
    {
        using var folder = new TemporaryFolder();
        using var plain = Model();
        using var evaluated = Model();
        plain.Train(Recipe, Data);
        var recorder = new TrainingRecorder(evaluated, folder.Path) { Pictures = 0, Evaluation = Each(1) };

        evaluated.Train(Recipe, Data, observers: [recorder]);

        Assert.That(Weights(evaluated), Is.EqualTo(Weights(plain)));
        Assert.That(recorder.Distances, Has.Count.EqualTo(6));
    }

    [Test]
    public void TheDistance_IsThatOfTheImagesOfTheModel()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 0, Evaluation = Each(0) };
        model.Train(Recipe, Data, observers: [recorder]);
        using var scope = NewDisposeScope();
        var images = model.Sample(5, new SamplingOptions { Seed = 0, Sampler = new DdimSampler(2), BatchSize = 2 });
        using var sums = new FeatureAccumulator(8);
        sums.Add(Projection.Extract(Pixels.ToBytes(images)));

        Assert.That(recorder.Distances, Is.EqualTo(new[] { (6.0, FrechetDistance.Between(Reference, sums.ToStatistics()).Value) }));
        var line = File.ReadLines(folder.File("evaluation.csv")).Last().Split(',');
        Assert.That((line[0], double.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture), line[4]),
            Is.EqualTo(("6", recorder.Distances[0].Distance, "5")));
    }

    // Of a run that goes on from step 2, where its distance was 1: what follows is worse, and the best stays.
    [Test]
    public void ARunThatGoesOn_KnowsTheBestSoFar()
    {
        using var folder = new TemporaryFolder();
        using (var first = Model())
        {
            using var recorder = new TrainingRecorder(first, folder.Path) { Pictures = 0, Evaluation = Each(2, new Scripted(1, 9, 9), Zero) };
            first.Train(Recipe with { Steps = 2 }, Data, observers: [recorder]);
        }
        var best = File.ReadAllBytes(folder.File("best/model.safetensors"));
        using var second = Model();
        using var goingOn = new TrainingRecorder(second, folder.Path) { Pictures = 0, Evaluation = Each(2, new Scripted(4, 9), Zero) };

        second.Train(Recipe, Data, observers: [goingOn], resume: folder.Path);

        Assert.That(goingOn.Distances.Select(each => each.Step), Is.EqualTo(new[] { 2, 4, 6 }));
        Assert.That(File.ReadAllBytes(folder.File("best/model.safetensors")), Is.EqualTo(best));
        Assert.That(File.ReadAllBytes(folder.File("model/model.safetensors")), Is.Not.EqualTo(best));
    }

    [Test]
    public void TheCurve_GoesToTensorBoard()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        using (var board = new TensorBoardLog(folder.File("log")))
            model.Train(Recipe, Data, observers:
                [new TrainingRecorder(model, folder.File("run")) { Pictures = 0, TensorBoard = board, Evaluation = Each(3) }]);

        var found = EventReader.Read(Directory.GetFiles(folder.File("log"), "*tfevents*").Single())
            .Where(each => each.Values.Any(value => value.Tag == "evaluation/frechet_distance")).Select(each => each.Step);
        Assert.That(found, Is.EqualTo(new[] { 3, 6 }));
    }

    private sealed class Refusing(int trial) : IFeatureExtractor
    {
        private int asked;

        public FeatureSpace Space { get; } = new("refusing", 8);

        public Tensor Extract(Tensor images) => asked++ < trial ? zeros(images.shape[0], 8) : throw new ArgumentException("no images of this size");
    }

    [Test]
    public void WhatCannotBeMeasured_IsSaidBeforeTheFirstStep()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var statistics = new FeatureStatistics(null, Reference.Mean, Reference.Covariance);
        var steps = 0;
        foreach (var (evaluation, rule) in new[]
        {
            (Each(2, new Refusing(0), statistics), "no images of this size"),
            (Each(2) with { Sampling = new() { Sampler = new DdimSampler(50) } }, "Steps must fall"),
        })
            Assert.That(() => model.Train(
                Recipe, Data, new Direct<TrainingProgress>(_ => steps++), [new TrainingRecorder(model, folder.Path) { Evaluation = evaluation }]),
                Throws.ArgumentException.With.Message.Contains(rule));
        Assert.That(steps, Is.Zero);
        Assert.That(() => new TrainingEvaluation(new PixelFeatures(Data.Shape), Reference), Throws.ArgumentException.With.Message.Contains("8"));
        Assert.That(() => new TrainingEvaluation(new RandomProjectionFeatures(Data.Shape, 8, seed: 1), Reference), Throws.ArgumentException);
    }

    [Test]
    public void AnExtractorThatFailsLater_IsToldOf_AndTrainingGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        var statistics = new FeatureStatistics(null, Reference.Mean, Reference.Covariance);
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 0, Evaluation = Each(2, new Refusing(2), statistics) };

        model.Train(Recipe, Data, observers: [recorder]);

        Assert.That(recorder.Faults, Has.Count.EqualTo(3).And.All.Contains("no images of this size"));
        Assert.That(recorder.Losses, Has.Count.EqualTo(6));
        Assert.That(Directory.Exists(folder.File("model")));
    }
}
