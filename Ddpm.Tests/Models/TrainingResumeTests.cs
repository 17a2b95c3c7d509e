using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Runs that were stopped and go on from what a recorder kept.</summary>
public class TrainingResumeTests
{
    private static readonly IImageDataset Data = new ShapesReader(count: 20).Read();
    private static readonly TrainingOptions Recipe = new()
    {
        Steps = 9, BatchSize = 4, WarmupSteps = 4, LearningRate = 1e-3, LabelDropout = 0.2, OffsetNoise = 0.1,
        Averages = [AverageProfile.Ramped(0.99), AverageProfile.Power(0.1)],
    };

    private static Diffusion Model(ulong seed = 0) => new DiffusionBuilder()
        .WithLinearSchedule(10, 0.01, 0.4)
        .WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.1 })
        .WithClasses(12).WithSeed(seed).Build();

    private static Dictionary<string, float[]> Weights(Diffusion model)
    {
        using var scope = NewDisposeScope();
        return model.Denoiser.Network!.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().contiguous().data<float>().ToArray());
    }

    private static Dictionary<string, float[]> Whole(TrainingOptions recipe, List<double>? losses = null)
    {
        using var model = Model();
        model.Train(recipe, Data, new Direct<TrainingProgress>(report => losses?.Add(report.Loss)));
        return Weights(model);
    }

    // Trains until a step, as a process of its own would that is told to stop there.
    private static void RunUntil(string folder, int stop, TrainingOptions recipe, string? resume = null, int saveEvery = 0)
    {
        using var model = Model(seed: (ulong)stop);
        if (resume is null)
            model.Denoiser.Network!.load_state_dict(Fresh());
        using var ending = new CancellationTokenSource();
        using var recorder = new TrainingRecorder(model, folder) { Pictures = 0, SaveEvery = saveEvery, PictureEvery = 0 };
        Assert.That(() => model.Train(recipe, Data, new Direct<TrainingProgress>(report =>
        {
            if (report.Step == stop)
                ending.Cancel();
        }), [recorder], resume, ending.Token), Throws.InstanceOf<OperationCanceledException>());

        static Dictionary<string, Tensor> Fresh()
        {
            using var model = Model();
            return model.Denoiser.Network!.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        }
    }

    [Test]
    public void AStoppedRun_GoesOnBitForBit([Values(1, 4, 5, 8)] int stop)
    {
        using var folder = new TemporaryFolder();
        var losses = new List<double>();
        var expected = Whole(Recipe, losses);
        RunUntil(folder.Path, stop, Recipe);
        using var model = Model(seed: 99);                      // whose own fresh weights do not matter
        using var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 0 };
        model.Train(Recipe, Data, observers: [recorder], resume: folder.Path);
        Assert.That(Weights(model), Is.EqualTo(expected));
        Assert.That(recorder.Losses, Is.EqualTo(losses.Select((loss, i) => (i + 1.0, loss))));
        Assert.That(File.ReadLines(folder.File("loss.csv")).Skip(1).Select(line => line.Split(',')[0]),
            Is.EqualTo(Enumerable.Range(1, 9).Select(step => $"{step}")));
        using var saved = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(Weights(saved), Is.EqualTo(expected));
    }

    [Test, Category("Slow")]
    public void AHundredStops_AllGoOnBitForBit()
    {
        var random = new Random(5);
        var expected = new Dictionary<int, Dictionary<string, float[]>>();
        for (var run = 0; run < 34; run++)
        {
            using var folder = new TemporaryFolder();
            var recipe = Recipe with { Steps = random.Next(12, 18), Levels = run % 2 == 0 ? TrainingLevels.Importance(0.1) : null };
            int[] stops = [.. Enumerable.Range(0, 3).Select(_ => random.Next(1, recipe.Steps)).Distinct().Order()];
            foreach (var (i, stop) in stops.Index())
                RunUntil(folder.Path, stop, recipe with { Steps = recipe.Steps + random.Next(3) }, i == 0 ? null : folder.Path, random.Next(4));
            using var model = Model(seed: 99);
            model.Train(recipe, Data, resume: folder.Path);
            Assert.That(Weights(model), Is.EqualTo(Whole(recipe)), $"{string.Join(", ", stops)} of {recipe.Steps}");
        }
    }

    [Test]
    public void AnotherNumberOfSteps_IsTheSameRun()
    {
        using var folder = new TemporaryFolder();
        RunUntil(folder.Path, 5, Recipe with { Steps = 6 });
        using var model = Model();
        model.Train(Recipe, Data, resume: folder.Path);
        Assert.That(Weights(model), Is.EqualTo(Whole(Recipe)));
    }

    [Test]
    public void AFinishedRun_GoesOnToMoreSteps_OrHasNothingToDo()
    {
        using var folder = new TemporaryFolder();
        using (var first = Model())
        {
            using var recorder = new TrainingRecorder(first, folder.Path) { Pictures = 0 };
            first.Train(Recipe with { Steps = 5 }, Data, observers: [recorder]);
        }
        using var model = Model();
        model.Train(Recipe with { Steps = 5 }, Data, new Direct<TrainingProgress>(_ => Assert.Fail("A step was taken.")), resume: folder.Path);
        Assert.That(Weights(model), Is.EqualTo(Whole(Recipe with { Steps = 5 })));
        model.Train(Recipe, Data, resume: folder.Path);
        Assert.That(Weights(model), Is.EqualTo(Whole(Recipe)));
    }

    [Test]
    public void AnotherRecipeModelOrDataSet_IsRefused_WithWhatDiffers()
    {
        using var folder = new TemporaryFolder();
        RunUntil(folder.Path, 3, Recipe with { FinalLearningRate = 1e-4 });
        var falling = Recipe with { FinalLearningRate = 1e-4 };
        var blank = new ImageDataset(Data.Shape, new byte[20 * 768], Data.Labels!, Data.ClassNames);
        foreach (var (recipe, data, differences) in new (TrainingOptions, IImageDataset, string[])[]
        {
            (falling with { LearningRate = 2e-3, Seed = 7 }, Data, ["training.LearningRate was 0.001 and is 0.002", "training.Seed was 0 and is 7"]),
            (falling with { Optimizer = OptimizerRule.AdamW() }, Data, ["training.Optimizer was Adam β", "is AdamW 0.01"]),
            (falling with { Averages = [] }, Data, ["training.Averages was ramped 0.99; power 0.1 and is "]),
            (falling with { Steps = 10 }, Data, ["training.Steps was 9 and is 10"]),       // a rate that falls depends on it
            (falling, new ShapesReader(count: 24).Read(), ["data.images was 20 of 3 x 16 x 16 and is 24"]),
            (falling, blank, ["data.fingerprint was"]),
        })
        {
            using var model = Model();
            var before = Weights(model);
            var fault = Assert.Throws<ArgumentException>(() => model.Train(recipe, data, resume: folder.Path));
            foreach (var difference in differences)
                Assert.That(fault.Message, Does.Contain(difference));
            Assert.That((Weights(model), model.IsUntrained), Is.EqualTo((before, true)));
        }
        using var other = new DiffusionBuilder().WithLinearSchedule(11, 0.01, 0.4)
            .WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] }).WithClasses(12).Build();
        Assert.That(() => other.Train(falling, Data, resume: folder.Path),
            Throws.ArgumentException.With.Message.Contains("model.schedule").And.Message.Contains("model.network"));
    }

    // What a recipe leaves out on purpose; every other option of a run must be part of it.
    private static readonly string[] NotOfTheRecipe =
        ["Steps", "EmaDecay", "MicroBatchSize", "MaximumSkips", "ReadEvery", "IfTrained", "Precision", "ActivationCheckpointing",
        "ShardOptimizer"];

    [Test]
    public void EveryOption_IsPartOfTheRecipe_OrLeftOutOnPurpose()
    {
        using var model = Model();
        var said = TrainingRecipe.Of(model.Parts, Recipe, Data).Keys;
        var options = typeof(TrainingOptions).GetProperties().Where(property => property.SetMethod is { IsStatic: false }).Select(property => property.Name);
        Assert.That(options.Except(NotOfTheRecipe).Where(name => !said.Contains($"training.{name}")), Is.Empty);
    }

    [Test]
    public void ADamagedState_IsPassedOverForTheOneBefore_AndTold()
    {
        using var folder = new TemporaryFolder();
        RunUntil(folder.Path, 7, Recipe, saveEvery: 3);
        var newest = Directory.GetDirectories(folder.File("checkpoints")).Order().Last();
        Assert.That(newest, Does.EndWith("step-0000007"));
        using (var file = new FileStream(Path.Combine(newest, "weights.safetensors"), FileMode.Open))
        {
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 4));
        }
        using var model = Model();
        var told = new List<string>();
        model.Warned += (_, odd) => told.Add(odd.Message);
        var steps = new List<int>();
        model.Train(Recipe, Data, new Direct<TrainingProgress>(report => steps.Add(report.Step)), resume: folder.Path);
        Assert.That(told.Single(), Does.Contain("weights.safetensors").And.Contain("passed over"));
        Assert.That(steps[0], Is.EqualTo(7).Or.EqualTo(4));          // the one of step 6, if it was written by then
        Assert.That(Weights(model), Is.EqualTo(Whole(Recipe)));
    }

    [Test]
    public void WhereThereIsNoState_ThatIsSaid()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        Assert.That(Diffusion.HasTrainingState(folder.Path), Is.False);
        Assert.That(() => model.Train(Recipe, Data, resume: folder.Path),
            Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(folder.Path).And.Message.Contains("saved state"));
        RunUntil(folder.Path, 3, Recipe);
        Assert.That(Diffusion.HasTrainingState(folder.Path), Is.True);
        Assert.That(Diffusion.HasTrainingState(Directory.GetDirectories(folder.File("checkpoints")).Single()), Is.True);
    }

    // Every member of the description, and every file, is needed: the checkpoint is whole, but says something else.
    [Test]
    public void AStateThatSaysSomethingElse_IsRefused()
    {
        using var folder = new TemporaryFolder();
        RunUntil(folder.Path, 3, Recipe);
        var path = Directory.GetDirectories(folder.File("checkpoints")).Single();
        var files = Directory.GetFiles(path).Where(file => Path.GetFileName(file) != "SHA256SUMS")
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        foreach (var (change, rule) in new (Action<Dictionary<string, byte[]>>, string)[]
        {
            (made => made.Remove("average-0.safetensors"), "average-0.safetensors"),
            (made => made["moment-0.safetensors"] = "nothing"u8.ToArray(), "moment-0.safetensors"),
            (made => Replace(made, "\"step\": 3,", ""), "state.json"),
            (made => Replace(made, "ddpm-training-1", "ddpm-training-9"), "format must be"),
            (made => Replace(made, "\"step\": 3,", "\"step\": 3, \"more\": 1,"), "state.json"),
            (made => made["losses.safetensors"] = made["weights.safetensors"], "losses"),
        })
        {
            var made = new Dictionary<string, byte[]>(files);
            change(made);
            using var other = new TemporaryFolder();
            using (var store = new CheckpointStore(other.File("checkpoints")))
                store.Write("step-0000003", [.. made.Select(file => (file.Key, (Action<Stream>)(stream => stream.Write(file.Value))))]);
            using var model = Model();
            Assert.That(() => model.Train(Recipe, Data, resume: other.Path), Throws.InstanceOf<DataFormatException>().With.Message.Contains(rule));
        }

        static void Replace(Dictionary<string, byte[]> files, string from, string to) => files["state.json"] =
            System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(files["state.json"]).Replace(from, to, StringComparison.Ordinal));
    }

    [Test]
    public void TwoRuns_CannotWriteIntoOneFolder()
    {
        using var folder = new TemporaryFolder();
        using var first = Model();
        using var second = Model();
        using var recorder = new TrainingRecorder(first, folder.Path) { Pictures = 0 };
        var tried = 0;
        first.Train(Recipe with { Steps = 1 }, Data, new Direct<TrainingProgress>(_ =>
        {
            using var other = new TrainingRecorder(second, folder.Path) { Pictures = 0 };
            Assert.That(() => second.Train(Recipe, Data, observers: [other]), Throws.InstanceOf<IOException>().With.Message.Contains(folder.Path));
            tried++;
        }), [recorder]);
        Assert.That((tried, second.IsUntrained), Is.EqualTo((1, true)));
    }
}
