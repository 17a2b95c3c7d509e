using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// What training steps were like, kept on the device until it is read, all in one copy: reading waits for the device, and every step would cost that.
/// </summary>
internal sealed class TrainingFigures(LossHistory history, bool areSteps, int steps) : IDisposable
{
    // Of a step's figures: its loss, the gradient's norm, whether it was taken; then the loss of every image.
    private const int Loss = 0, Norm = 1, Taken = 2, Images = 3;

    private readonly List<(int Step, double LearningRate, Tensor Values, LevelDraw Drawn)> waiting = [];

    /// <summary>How many steps are not read yet.</summary>
    internal int Waiting => waiting.Count;

    /// <summary>Steps skipped since the run began.</summary>
    internal int Skipped { get; set; }

    /// <summary>How many of the last steps read were skipped one after the other.</summary>
    internal int SkippedInARow { get; set; }

    /// <param name="step">From 1.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="mean">The loss, a scalar.</param>
    /// <param name="norm">The gradient's, a scalar.</param>
    /// <param name="taken">1, or 0 where the step was skipped.</param>
    /// <param name="perImage">The images' losses, [N].</param>
    /// <param name="drawn">Their points.</param>
    internal void Add(int step, double learningRate, Tensor mean, Tensor norm, Tensor taken, Tensor perImage, LevelDraw drawn)
    {
        using var scope = NewDisposeScope();
        var values = cat([mean.view(1), norm.view(1).to(mean.dtype), taken.view(1).to(mean.dtype), perImage]);
        waiting.Add((step, learningRate, values.DetachFromDisposeScope(), drawn));
    }

    /// <summary>Reads all that waits, the oldest first: the only place where training waits for the device.</summary>
    internal IReadOnlyList<StepRecord> Read()
    {
        if (waiting.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        var values = LossHistory.Read(waiting is [var only] ? only.Values : cat([.. waiting.Select(step => step.Values)]));
        var records = new List<StepRecord>();
        var first = 0;
        foreach (var (step, learningRate, tensor, drawn) in waiting)
        {
            tensor.Dispose();
            var own = values.AsSpan(first, Images + drawn.At.Count);
            first += own.Length;
            var isSkipped = own[Taken] == 0;
            Skipped += isSkipped ? 1 : 0;
            SkippedInARow = isSkipped ? SkippedInARow + 1 : 0;
            if (areSteps && !isSkipped)
                history.Add(drawn.At, own[Images..]);
            records.Add(new(step, own[Loss], own[Norm], learningRate, isSkipped) { LossByQuarter = ByQuarter(drawn, own[Images..]) });
        }
        waiting.Clear();
        return records;
    }

    public void Dispose()
    {
        waiting.ForEach(step => step.Values.Dispose());
        waiting.Clear();
    }

    // By t/T, or by the time of flow matching where the points are no steps.
    private IReadOnlyList<double> ByQuarter(LevelDraw drawn, ReadOnlySpan<float> losses) =>
        StepRecord.ByQuarter([.. drawn.At.Select(point => areSteps ? point.T / steps : point.FlowTime)], losses);
}
