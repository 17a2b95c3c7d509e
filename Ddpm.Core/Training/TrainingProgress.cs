using Ddpm.Training;

namespace Ddpm;

/// <summary>Where training stands after a step.</summary>
/// <param name="Step">Steps done, from 1.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Epoch">Passes over the data set begun, from 1.</param>
/// <param name="Loss">
/// The loss of this step, NaN while none was read. Where <see cref="TrainingLevels"/> do not draw evenly it is the weighted one, as
/// guided-diffusion logs it too: only that
/// has the objective's mean, so that runs can be compared.
/// </param>
/// <param name="GradientNorm">The gradient's norm before clipping.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="ImagesPerSecond">Since the run began.</param>
/// <param name="Elapsed">Since the run began.</param>
public sealed record TrainingProgress(
    int Step, int Steps, int Epoch, double Loss, double GradientNorm, double LearningRate, double ImagesPerSecond, TimeSpan Elapsed)
{
    /// <summary>Steps that were done when the run began: those of an earlier run that it goes on from. 0 by default.</summary>
    public int StepsBefore { get; init; }

    /// <summary>
    /// The steps whose figures were read since the last report, in order: on the CPU this one, elsewhere none for some steps and then all of them
    /// (<see cref="TrainingOptions.ReadEvery"/>). <see cref="Loss"/> and <see cref="GradientNorm"/> are those of the last step read.
    /// </summary>
    public IReadOnlyList<StepRecord> Read { get; init => field = EquatableList.Of(value); } = [];

    /// <summary>Steps skipped so far, as their loss or gradient was not finite.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>What the rest will take at the rate of this run so far.</summary>
    public TimeSpan Remaining => Elapsed / (Step - StepsBefore) * (Steps - Step);
}
