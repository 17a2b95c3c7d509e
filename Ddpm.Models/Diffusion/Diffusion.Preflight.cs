using Ddpm.Training;

namespace Ddpm;

public sealed partial class Diffusion
{
    /// <summary>
    /// Looks at a training before it starts: what would be refused, what would probably not bring what it is meant to, and what it takes. The
    /// model is not changed, and nothing is left in the folder. It takes a second or two, and a few more where time is to be measured. Of several
    /// processes (<see cref="GradientSync"/>) one may look alone, and finds what each of them takes.
    /// </summary>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="data">The images; null: nothing is said of them. The builder's reader does not read for this.</param>
    /// <param name="output">Where the run will write; null: nothing is said of that.</param>
    /// <param name="resume">As for <see cref="Train"/>; null: a run begins.</param>
    /// <param name="measure">Whether the time of a step is measured, with <paramref name="data"/>, by computing some.</param>
    /// <param name="cancellationToken">Looked at between images and steps.</param>
    /// <returns>The most severe first. Some are always there: the memory, and where it is measured the time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<TrainingFinding> CheckTraining(
        TrainingOptions? options = null, IImageDataset? data = null, string? output = null, string? resume = null, bool measure = false,
        CancellationToken cancellationToken = default)
    {
        options ??= TrainingOptions.Paper;
        var plan = new TrainingPlan(Denoiser, Process, Prediction.Parameterization, options with { Levels = options.Levels ?? Levels })
        {
            Image = Image,
            Device = Device,
            Data = data,
            ClassNames = options.IfTrained == WhenTrained.StartAnew && resume is null ? null : ClassNames,
            Output = output,
            Processes = GradientSync?.Size ?? 1,
        };
        return [.. OfModel(options, data, resume), .. Preflight.Of(plan, measure, cancellationToken)];
    }

    private IEnumerable<TrainingFinding> OfModel(TrainingOptions options, IImageDataset? data, string? resume)
    {
        if (data is null && dataset is null)
            yield return TrainingFinding.Fault(
                TrainingFindingKind.NoData, $"There is no data set.", $"Give one to the builder (WithDataset, WithCifar10) or to Train.");
        if (IsTrained && resume is null && options.IfTrained == WhenTrained.Refuse)
            yield return TrainingFinding.Fault(
                TrainingFindingKind.AlreadyTrained, $"The model is trained already, by {stepsTrained} steps since it was built or loaded.",
                $"Set {nameof(TrainingOptions.IfTrained)} to {nameof(WhenTrained.GoOn)} or {nameof(WhenTrained.StartAnew)}.");
        if (resume is not null && !HasTrainingState(resume))
            yield return TrainingFinding.Fault(
                TrainingFindingKind.Refused, $"{resume} holds no state of a run to go on from.", $"Name the folder that the run wrote to.");
    }
}
