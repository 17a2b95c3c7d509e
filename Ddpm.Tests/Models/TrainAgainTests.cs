using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>A model that is trained already is trained again only in a way that its caller chose.</summary>
public class TrainAgainTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly UNetOptions Network = UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.3 };
    private static readonly TrainingOptions Options = new() { Steps = 3, BatchSize = 4, WarmupSteps = 0, LearningRate = 1e-3, Seed = 7 };
    private static readonly TrainingOptions Anew = Options with { IfTrained = WhenTrained.StartAnew };
    private static readonly IImageDataset Data = new ShapesReader(count: 24).Read();

    private static DiffusionBuilder Builder => new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.4).WithUNet(Network).WithDdim(2);

    private static Dictionary<string, Tensor> Weights(Diffusion model) =>
        model.Denoiser.Network!.state_dict().ToDictionary(weight => weight.Key, weight => weight.Value.clone());

    private static bool AreSame(Dictionary<string, Tensor> one, Dictionary<string, Tensor> other) =>
        one.All(weight => Expect.AreSame(other[weight.Key], weight.Value));

    [Test]
    public void Train_Twice_IsRefusedWithTheChoice_AndChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var model = Build(Builder);
        model.Train(Options, Data);
        var trained = Weights(model);
        Assert.That(() => model.Train(Options, Data),
            Throws.InvalidOperationException.With.Message.Contains("GoOn").And.Message.Contains("StartAnew"));
        Assert.That(AreSame(Weights(model), trained), Is.True);
    }

    [Test]
    public void Train_OfALoadedModel_IsRefusedToo()
    {
        using var folder = new TemporaryFolder();
        using var model = Build(Builder);
        model.Train(Options, Data);
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(() => loaded.Train(Options, Data), Throws.InvalidOperationException.With.Message.Contains("GoOn"));
        Assert.That(() => loaded.Train(Options with { IfTrained = WhenTrained.GoOn }, Data), Throws.Nothing);
    }

    [Test]
    public void GoOn_GoesOnFromItsWeights_WithOtherDraws()
    {
        using var scope = NewDisposeScope();
        var seen = new List<double>();
        using var model = Build(Builder);
        void Train(TrainingOptions options) => model.Train(options, Data, new Direct<TrainingProgress>(step => seen.Add(step.Loss)));
        // With next to no learning, the loss tells the draws.
        var still = Options with { LearningRate = 1e-12 };
        Train(still);
        Train(still with { IfTrained = WhenTrained.GoOn });
        Assert.That(seen, Has.Count.EqualTo(6).And.Unique);
        using var once = Build(Builder);
        var whole = new List<double>();
        once.Train(still with { Steps = 6 }, Data, new Direct<TrainingProgress>(step => whole.Add(step.Loss)));
        Assert.That(seen, Is.EqualTo(whole).Within(1e-6));
    }

    // The weights are of the builder's seed, also where the recipe has another.
    [Test]
    public void StartAnew_WithTheSameSeed_IsTheFirstTrainingToTheBit([Values(0UL, 5UL)] ulong seed)
    {
        using var scope = NewDisposeScope();
        using var model = Builder.WithSeed(seed).Build();
        model.Train(Options, Data);
        var first = Weights(model);
        model.Train(Options with { IfTrained = WhenTrained.GoOn }, Data);
        Assert.That(AreSame(Weights(model), first), Is.False);
        model.Train(Anew, Data);
        Assert.That(AreSame(Weights(model), first), Is.True);
        model.Train(Anew with { Seed = 8 }, Data);
        Assert.That(AreSame(Weights(model), first), Is.False);
    }

    [Test]
    public void StartAnew_OfALoadedOrAGivenModel_IsTheFirstTrainingToo()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Build(Builder);
        model.Train(Options, Data);
        var first = Weights(model);
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        foreach (var each in (Diffusion[])[model, loaded])
        {
            each.Train(Anew, Data);
            Assert.That(AreSame(Weights(each), first), Is.True);
        }
    }

    // The trained weights may be hours of work.
    [Test]
    public void StartAnew_ThatDoesNotStart_LeavesTheModelAsItWas()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var model = Build(Builder);
        model.Train(Options, Data);
        var trained = Weights(model);
        File.WriteAllText(folder.File("file"), "in the way");
        stop.Cancel();
        Assert.That(() => model.Train(Anew with { BatchSize = 100 }, Data), Throws.ArgumentException);
        var recorder = new TrainingRecorder(model, folder.File("file/run"));
        Assert.That(() => model.Train(Anew, Data, observers: [recorder]), Throws.InstanceOf<IOException>());
        Assert.That(() => model.Train(Anew, Data, cancellationToken: stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(AreSame(Weights(model), trained), Is.True);
        Assert.That(model.IsUntrained, Is.False);
        Assert.That(() => model.Train(Options, Data), Throws.InvalidOperationException);
    }

    [Test]
    public void StartAnew_OfANetworkThatDoesNotDescribeItself_IsRefused()
    {
        using var network = new TinyNetwork();
        using var model = new DiffusionBuilder().WithLinearSchedule(10).WithDenoiser(Wrap(network), Data.Shape).Build();
        model.Train(Options, Data);
        Assert.That(() => model.Train(Anew, Data), Throws.InvalidOperationException.With.Message.Contains("describes itself"));
    }

    // A rate, not a factor.
    [Test]
    public void FinalLearningRate_IsTheRateThatTheLastStepsFallTo()
    {
        var options = new TrainingOptions { Steps = 10_000, WarmupSteps = 100, LearningRate = 2e-3, FinalLearningRate = 1e-4 };
        Assert.That(options.LearningRateAt(100), Is.EqualTo(2e-3).Within(1e-12));
        Assert.That(options.LearningRateAt(9_999), Is.EqualTo(1e-4).Within(1e-9));
        Assert.That(options.LearningRateAt(5_050), Is.EqualTo((2e-3 + 1e-4) / 2).Within(1e-12));         // half of the cosine
        using var model = Builder.Build();
        Assert.That(() => model.Train(Options with { FinalLearningRate = 0.5 }, Data),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("FinalLearningRate").And.Message.Contains($"{Options.LearningRate}"));
    }
}
