using Ddpm.Distributed;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Threads whose numbers a stand-in for NCCL adds up. What lies elsewhere, its processes add up as before.</summary>
[NonParallelizable]
public class NcclTests
{
    [Test]
    public void IsAvailable_OrSaysWhatToInstall()
    {
        if (NcclGradientSync.IsAvailable(out var whyNot))
            Assert.That(whyNot, Is.Null);
        else
            Assert.That(whyNot, Does.Contain("libnccl2").And.Contain("DDPM_NCCL_LIBRARY"));
    }

    [Test]
    public void Sums_AreRight_InEachProcess([Values(1, 2, 3, 7)] int size, [Values(0, 1, 2, 7, 1000, 1001)] int count, [Values] bool areDoubles)
    {
        var library = NcclStandIn.Library();
        var sums = new float[size][];
        Assert.That(Meeting.Run(size, others =>
        {
            using var sync = new NcclGradientSync(others, CPU, library);
            Assert.That((sync.Rank, sync.Size), Is.EqualTo((others.Rank, size)));
            using var values = arange(count, areDoubles ? ScalarType.Float64 : ScalarType.Float32);
            values.mul_(sync.Rank + 1);
            sync.Sum(values);
            using var single = values.to(ScalarType.Float32);
            sums[sync.Rank] = single.data<float>().ToArray();
        }), Is.All.Null);
        // Whole numbers below 2^24: no sum is rounded.
        var all = size * (size + 1) / 2;
        foreach (var sum in sums)
            Assert.That(sum, Is.EqualTo(Enumerable.Range(0, count).Select(i => (float)i * all)));
    }

    [Test]
    public void Average_AndBroadcast_AreRight()
    {
        var library = NcclStandIn.Library();
        Assert.That(Meeting.Run(3, others =>
        {
            using var sync = new NcclGradientSync(others, CPU, library);
            using var values = full(10, 3f * sync.Rank);
            sync.Average(values);
            Assert.That(values.data<float>(), Is.All.EqualTo(3f));
            using var numbers = arange(5, ScalarType.Int64);
            numbers.add_(sync.Rank);
            sync.Broadcast(numbers);
            Assert.That(numbers.data<long>(), Is.EqualTo(new long[] { 0, 1, 2, 3, 4 }));
        }), Is.All.Null);
    }

    [Test]
    public void Training_IsThatOfOneProcess()
    {
        var library = NcclStandIn.Library();
        using var alone = new TinyNetwork();
        Train(alone, null);
        var weights = new float[3][];
        Assert.That(Meeting.Run(3, others =>
        {
            using var sync = new NcclGradientSync(others, CPU, library);
            using var own = new TinyNetwork();
            Train(own, sync);
            weights[sync.Rank] = Weights(own);
        }), Is.All.Null);
        Assert.That(weights[1], Is.EqualTo(weights[0]));
        Assert.That(weights[2], Is.EqualTo(weights[0]));
        // Sums of float32 in another order: 2^-24 of a number, over six steps.
        Assert.That(weights[0], Is.EqualTo(Weights(alone)).Within(1e-6));

        static void Train(TinyNetwork network, IGradientSync? sync)
        {
            var recipe = new TrainingOptions { Steps = 6, BatchSize = 7, LearningRate = 1e-3, WarmupSteps = 0, Seed = 3 };
            using var trainer = new Trainer(network, new GaussianDiffusion(new LinearSchedule(3, 0.01, 0.4)), Images(), recipe)
            {
                GradientSync = sync,
            };
            trainer.Run();
        }
    }

    [Test]
    public void WhatLiesElsewhere_GoesByTheOtherWay()
    {
        var (library, others) = (NcclStandIn.Library(), new Counted());
        using var sync = new NcclGradientSync(others, CPU, library);
        others.Calls = 0;
        using var own = ones(3);
        sync.Sum(own);
        Assert.That(others.Calls, Is.Zero);
        using var elsewhere = ones(3, device: META);
        sync.Sum(elsewhere);
        sync.Broadcast(elsewhere);
        Assert.That(others.Calls, Is.EqualTo(2));
    }

    [Test]
    public void WrongNumbers_AndAnEnd_AreTold()
    {
        var library = NcclStandIn.Library();
        var sync = new NcclGradientSync(new Counted(), CPU, library);
        using var table = ones(4, 4);
        using var columns = table.t();
        using var halves = table.to(ScalarType.Float16);
        Assert.That(() => sync.Sum(columns), Throws.ArgumentException.With.Message.Contains("contiguous"));
        Assert.That(() => sync.Sum(halves), Throws.ArgumentException.With.Message.Contains("float32").And.Message.Contains("Float16"));
        sync.Dispose();
        sync.Dispose();
        Assert.That(() => sync.Sum(table), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ARefusal_IsNamed() => Assert.That(
        () => new NcclGradientSync(new Counted { Size = 99 }, CPU, NcclStandIn.Library()),
        Throws.InvalidOperationException.With.Message.Contains("ncclCommInitRank").And.Message.Contains("invalid argument"));

    [Test]
    public void TheCpu_IsNoCard() => Assert.That(
        () => new NcclGradientSync(new Counted(), CPU), Throws.ArgumentException.With.Message.Contains("CUDA").And.Message.Contains("cpu"));

    private sealed class Counted : IGradientSync
    {
        public int Size { get; init; } = 1;

        public int Calls { get; set; }

        public void Average(Tensor gradient) => Calls++;

        public void Broadcast(Tensor values) => Calls++;

        public void Sum(Tensor values) => Calls++;
    }
}
