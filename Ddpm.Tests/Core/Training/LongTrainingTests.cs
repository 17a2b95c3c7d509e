using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>What a week would show, in ten thousand steps.</summary>
[Category("Slow")]
public class LongTrainingTests
{
    [Test]
    public void TenThousandSteps_LeaveNoTensorAndTakeNoMoreMemory()
    {
        const int settled = 2_000, steps = 10_000;
        using var network = new UNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] });
        using var trainer = new Trainer(network, TrainerTests.Process, new ShapesReader(count: 32, size: 16).Read(), new TrainingOptions
        {
            Steps = steps, BatchSize = 4, WarmupSteps = 10, LearningRate = 1e-3,
            Averages = [AverageProfile.Ramped(0.999), AverageProfile.Power(0.1)],
        });
        var (live, memory, last) = (0L, 0L, 0.0);
        trainer.Run(observers: [new TrainerTests.Observer((run, progress) =>
        {
            if (progress.Step % 500 == 0)
                using (run.UseAverage())
                using (var state = run.Capture())
                    Assert.That(state.Step, Is.EqualTo(progress.Step));
            if (progress.Step == settled)
                (live, memory) = (Tensor.TotalCount, Resident());
            last = progress.Loss;
            if (progress.Step == steps)
                TestContext.Out.WriteLine($"tensors +{Tensor.TotalCount - live}, resident {memory >> 20} MB after {settled} steps, "
                    + $"{Resident() >> 20} MB after {steps}");
            if (progress.Step == steps)
                Assert.That((Tensor.TotalCount - live, Resident()), Is.EqualTo((0L, 0L)).Using<(long Live, long Resident)>(
                    (found, _) => found.Live == 0 && found.Resident <= 1.05 * memory));
        })]);
        Assert.That(last, Is.Not.NaN);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet;
    }
}
