using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>The averaged weights, the observers, and what a run leaves behind.</summary>
public class TrainerEndTests
{
    [Test]
    public void UseAverage_PutsTheRawWeightsBack()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options);
        trainer.Run(observers: [new Observer((run, _) =>
        {
            var raw = Weights(network);
            using (run.UseAverage())
                Assert.That(Weights(network), Is.Not.EqualTo(raw));
            Assert.That(Weights(network), Is.EqualTo(raw));
        })]);
    }

    [Test]
    public void UseAverage_Nested_OrAfterTheRun_KeepsTheAverage()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options);
        trainer.Run(observers: [new Observer((run, _) =>
        {
            var raw = Weights(network);
            using (run.UseAverage())
            {
                var average = Weights(network);
                using (run.UseAverage())
                    Assert.That(Weights(network), Is.EqualTo(average));
                Assert.That(Weights(network), Is.EqualTo(average));
            }
            Assert.That(Weights(network), Is.EqualTo(raw));
        })]);
        var end = Weights(network);
        using (trainer.UseAverage())
            Assert.That(Weights(network), Is.EqualTo(end));
        Assert.That(Weights(network), Is.EqualTo(end));
    }

    [Test]
    public void Run_WhileTheAverageIsHeld_IsRefused()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options);
        using (trainer.UseAverage())
            Assert.That(() => trainer.Run(), Throws.InvalidOperationException.With.Message.Contains("UseAverage"));
        Assert.That(() => trainer.Run(), Throws.Nothing);
    }

    [Test]
    public void UseAverage_ThatOutlivesTheTrainer_LeavesTheWeightsAlone()
    {
        using var network = new TinyNetwork();
        var trainer = new Trainer(network, Process, Images(), Options with { Steps = 3 });
        var held = trainer.UseAverage();
        trainer.Dispose();
        var weights = Weights(network);
        held!.Dispose();
        held.Dispose();
        Assert.That(Weights(network), Is.EqualTo(weights));
        trainer.Dispose();
        Assert.That(() => trainer.UseAverage(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => trainer.Run(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void UseAverage_FromManyThreads_PutsTheRawWeightsBack()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 3 });
        trainer.Run(observers: [new Observer((run, _) =>
        {
            var raw = Weights(network);
            Parallel.For(0, 500, new() { MaxDegreeOfParallelism = 8 }, _ =>
            {
                var use = run.UseAverage();
                use!.Dispose();
                use.Dispose();
            });
            Assert.That(Weights(network), Is.EqualTo(raw));
        })]);
    }

    [Test]
    public void AfterTraining_ReachesEveryObserver_AndTheFirstFaultOfAFinishedRunIsThrown()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 2 });
        var heard = new List<string>();
        var throwing = new Ending(() => throw new IOException("first"));
        Assert.That(
            () => trainer.Run(observers: [throwing, new Listener(heard, _ => { }), new Ending(() => throw new IOException("second"))]),
            Throws.TypeOf<IOException>().With.Message.EqualTo("first"));
        Assert.That(heard, Is.EqualTo((string[])["before", "1", "2", "Finished"]));

        using var another = new Trainer(network, Process, Images(), Options with { Steps = 2 });
        var ended = new Listener(heard, _ => throw new NotSupportedException());
        Assert.That(() => another.Run(observers: [throwing, ended]), Throws.TypeOf<NotSupportedException>());
        Assert.That(heard[^1], Is.EqualTo("Failed"));
    }

    [Test]
    public void Observers_HearOfTheBeginningAndOfTheEnd([Values] TrainingEnd ended)
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 5 });
        using var stop = new CancellationTokenSource();
        var heard = new List<string>();
        var observer = new Listener(heard, step =>
        {
            if (step == 3 && ended == TrainingEnd.Cancelled)
                stop.Cancel();
            if (step == 3 && ended == TrainingEnd.Failed)
                throw new NotSupportedException();
            if (step == 3 && ended == TrainingEnd.Diverged)
                Poison(network);
        });
        void Run() => trainer.Run(observers: [observer], cancellationToken: stop.Token);
        switch (ended)
        {
            case TrainingEnd.Finished: Run(); break;
            case TrainingEnd.Cancelled: Assert.Throws<OperationCanceledException>(Run); break;
            case TrainingEnd.Diverged: Assert.Throws<TrainingDivergedException>(Run); break;
            default: Assert.Throws<NotSupportedException>(Run); break;
        }
        var steps = ended == TrainingEnd.Finished ? 5 : 3;
        Assert.That(heard, Is.EqualTo((string[])["before", .. Enumerable.Range(1, steps).Select(step => $"{step}"), $"{ended}"]));
    }

    [Test]
    public void Dispose_FreesTheGradients()
    {
        using var network = new TinyNetwork();
        var before = Expect.LiveTensors();
        using (var trainer = new Trainer(network, Process, Images(), Options with { Steps = 2 }))
        {
            trainer.Run();
        }
        Assert.That(network.parameters().Select(weight => weight.grad is null), Is.All.True);
        Assert.That(Expect.LiveTensors(), Is.EqualTo(before));
    }

    private sealed class Ending(Action action) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
        {
        }

        public void AfterTraining(Trainer trainer, TrainingEnd ended) => action();
    }

    private sealed class Listener(List<string> heard, Action<int> afterStep) : ITrainingObserver
    {
        public void BeforeTraining(Trainer trainer) => heard.Add("before");

        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
        {
            heard.Add($"{progress.Step}");
            afterStep(progress.Step);
        }

        public void AfterTraining(Trainer trainer, TrainingEnd ended) => heard.Add($"{ended}");
    }
}
