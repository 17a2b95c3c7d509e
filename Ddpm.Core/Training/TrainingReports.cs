using System.Diagnostics;

namespace Ddpm.Training;

/// <summary>What a run says after each step, by the clock that starts with it.</summary>
internal sealed class TrainingReports(Trainer trainer)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly int before = trainer.Step;
    private StepRecord? last;

    internal TrainingProgress Next(IReadOnlyList<StepRecord> read, int skipped)
    {
        last = read.Count > 0 ? read[^1] : last;
        var (step, elapsed) = (trainer.Step, clock.Elapsed);
        var images = (double)(step - before) * trainer.Options.BatchSize;
        return new(
            step, trainer.Options.Steps, (trainer.DrawnBefore + step - 1) / trainer.StepsPerEpoch + 1, last?.Loss ?? double.NaN,
            last?.GradientNorm ?? double.NaN, trainer.Options.LearningRateAt(step - 1), images / elapsed.TotalSeconds, elapsed)
        {
            StepsBefore = before,
            Read = read,
            SkippedSteps = skipped,
        };
    }
}
