using Ddpm.Training;
using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static Ddpm.Tests.Distributed.ShardedRuns;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Moments and averages that processes, here threads, have shared out: what one of them asks for, saves and goes on with.</summary>
public class ShardedStateTests
{
    [Test]
    public void ARun_GoesOn_WithAnyNumber_SharedOrNot()
    {
        using var whole = new Saved();
        Run(1, Recipe with { Steps = 9 }, whole);
        using var parts = new Saved();
        Run(1, Recipe with { Steps = 2 }, parts);
        Run(3, Sharded with { Steps = 5 }, parts);
        Run(2, Sharded with { Steps = 7 }, parts);
        Run(1, Recipe with { Steps = 9 }, parts);
        Expect(parts.State!, whole.State!, 1e-12);

        static void Run(int size, TrainingOptions options, Saved saved) => Assert.That(Meeting.Run(size, sync =>
        {
            using var network = Network();
            network.to(ScalarType.Float64);
            using (no_grad())
                network.parameters().First().add_(sync.Rank);           // not those of process 0, which all take over
            using var trainer = new Trainer(new InDouble(network), Short, Shapes(), options) { GradientSync = sync };
            if (sync.Rank > 0)
            {
                trainer.Run();
                return;
            }
            if (saved.State is { } before)
                trainer.Restore(before);
            trainer.Run(observers: [new Asking((_, _) => { }, (run, _) => saved.Keep(run.Capture()))]);
        }), Is.All.Null);
    }

    // Process 0 alone saves and draws, as an observer; another asks for an average at the same time.
    [Test]
    public void WhatOneAsksFor_IsThatOfPlain()
    {
        Dictionary<string, float[]> Seen(TrainingOptions options)
        {
            var seen = new Dictionary<string, float[]>();
            void Add(string name, float[] values)
            {
                lock (seen)
                    seen.Add(name, values);
            }
            Assert.That(Meeting.Run(3, sync =>
            {
                using var network = Network();
                using var trainer = new Trainer(network, Short, Shapes(), options) { GradientSync = sync };
                void Average(Trainer run, string when, int which)
                {
                    var raw = WeightsOf(network);
                    using (run.UseAverage(which))
                    {
                        Add($"{when}: average {which} of {sync.Rank}", WeightsOf(network));
                        if (sync.Rank == 0)
                            Save(run, $"{when}, within");
                    }
                    Assert.That(WeightsOf(network), Is.EqualTo(raw));
                }
                void Save(Trainer run, string when)
                {
                    using var state = run.Capture();
                    foreach (var (name, values) in Numbers(state))
                        Add($"{when}: {name}", values);
                }
                trainer.Run(observers: [new Asking((run, progress) =>
                {
                    if (sync.Rank == 0 && progress.Step % 2 == 0)
                        Save(run, $"{progress.Step}");
                    if (sync.Rank == 0 && progress.Step == 3 || sync.Rank == 2 && progress.Step is 3 or 4)
                        Average(run, $"{progress.Step}", sync.Rank / 2);
                }, (run, end) =>
                {
                    Add($"end of {sync.Rank}", WeightsOf(network));
                    if (sync.Rank != 1)
                        Save(run, $"{end} in {sync.Rank}");
                })]);
                Add($"after {sync.Rank}", WeightsOf(network));
            }), Is.All.Null);
            return seen;
        }
        var (plain, sharded) = (Seen(Recipe), Seen(Sharded));
        Assert.That(sharded.Keys, Is.EquivalentTo(plain.Keys));
        foreach (var (name, values) in plain)
            Assert.That(sharded[name], Is.EqualTo(values), name);
        Assert.That(plain["3: average 0 of 0"], Is.Not.EqualTo(plain["3: average 1 of 2"]));
        Assert.That(plain.Keys.Count(name => name.Contains("exp_avg_sq")), Is.GreaterThan(5 * 10));
    }

    [TestCase(0, false)]
    [TestCase(1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void OneThatIsCancelled_StopsAll_WithTheWholeState_AndTheyGoOn(int cancelled, bool halfway)
    {
        float[] expected = All(2, Recipe with { Steps = 8 }, Network, Shapes())[0], seen = [];
        using var saved = new Saved();
        Assert.That(Meeting.Run(2, sync =>
        {
            using var stop = new CancellationTokenSource();
            using var network = Network();
            using var trainer = new Trainer(network, Short, Shapes(), Sharded with { Steps = 8 }) { GradientSync = sync };
            Assert.That(() => trainer.Run(observers: [new Asking((run, progress) =>
            {
                if (sync.Rank == 1 - cancelled && progress.Step == 4)
                    run.Capture().Dispose();                // while the other stops
                if (sync.Rank != cancelled || progress.Step != 4)
                    return;
                stop.Cancel();
                if (halfway)
                    stop.Token.ThrowIfCancellationRequested();
            }, (run, end) =>
            {
                Assert.That(end, Is.EqualTo(TrainingEnd.Cancelled));
                if (sync.Rank == 0)
                    saved.Keep(run.Capture());
            })], cancellationToken: stop.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(trainer.Step, Is.EqualTo(4));
            Assert.That(() => trainer.Capture(), Throws.InvalidOperationException.With.Message.Contains(nameof(TrainingOptions.ShardOptimizer)));
            trainer.Run();
            if (sync.Rank == 0)
                seen = WeightsOf(network);
        }), Is.All.Null);
        Assert.That(seen, Is.EqualTo(expected));
        Assert.That(saved.State!.OptimizerSteps, Is.EqualTo(4));
    }

    [Test]
    public void AStateThatIsRestoredBetweenRuns_IsSharedOutAnew()
    {
        using var saved = new Saved();
        var (first, second) = (Array.Empty<float>(), Array.Empty<float>());
        Assert.That(Meeting.Run(3, sync =>
        {
            using var network = Network();
            using var trainer = new Trainer(network, Short, Shapes(), Sharded) { GradientSync = sync };
            trainer.Run(observers: [new Asking((run, progress) =>
            {
                if (sync.Rank == 0 && progress.Step == 3)
                    saved.Keep(run.Capture());
            }, (_, _) => { })]);
            if (sync.Rank == 0)
            {
                first = WeightsOf(network);
                trainer.Restore(saved.State!);
            }
            trainer.Run();
            if (sync.Rank == 0)
                second = WeightsOf(network);
        }), Is.All.Null);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void NumbersThatAreNone_AreSkippedByAll_AndTheStateOfTheEndIsWhole()
    {
        Assert.That(Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            var recipe = Sharded with { MaximumSkips = 3 };
            using var trainer = new Trainer(new Spoiled(network, sync.Rank == 1), Short, Images(), recipe) { GradientSync = sync };
            Assert.That(() => trainer.Run(observers: [new Asking((_, _) => { }, (run, end) =>
            {
                Assert.That(end, Is.EqualTo(TrainingEnd.Diverged));
                if (sync.Rank == 1)
                    return;
                using var state = run.Capture();
                Assert.That(Numbers(state).SelectMany(pair => pair.Values), Is.All.Zero);
            })]), Throws.InstanceOf<TrainingDivergedException>());
        }), Is.All.Null);
    }

    // The others may be anywhere: nothing is asked of them.
    [Test]
    public void WhereOneFails_NothingIsAskedOfTheOthers()
    {
        var told = "";
        var faults = Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Short, Images(), Sharded) { GradientSync = sync };
            trainer.Run(observers: [new Asking((_, progress) =>
            {
                if (sync.Rank == 1 && progress.Step == 2)
                    throw new InvalidDataException("bad luck");
            }, (run, end) =>
            {
                if (sync.Rank == 1)
                    told = Assert.Throws<InvalidOperationException>(() => run.Capture()).Message;
            })]);
        });
        Assert.That(faults[1], Is.TypeOf<InvalidDataException>());
        Assert.That(told, Does.Contain(nameof(ITrainingObserver.AfterTraining)));
    }
}
