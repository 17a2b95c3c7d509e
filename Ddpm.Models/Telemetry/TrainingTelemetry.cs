using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ddpm.Training;

namespace Ddpm.Telemetry;

/// <summary>Tells of a run of training.</summary>
internal sealed class TrainingTelemetry : ITrainingObserver
{
    private static readonly Counter<long> Steps = DiffusionTelemetry.Meter.CreateCounter<long>(
        "ddpm.training.steps", "{step}", "Steps of the optimiser, skipped ones too.");

    private static readonly Counter<long> Images = DiffusionTelemetry.Meter.CreateCounter<long>(
        "ddpm.training.images", "{image}", "Images that this process has trained on.");

    private static readonly Counter<long> Skipped = DiffusionTelemetry.Meter.CreateCounter<long>(
        "ddpm.training.skipped_steps", "{step}", "Steps that were skipped, as their loss or gradient was not finite.");

    private static readonly Gauge<double> Loss = DiffusionTelemetry.Meter.CreateGauge<double>("ddpm.training.loss", "1", "The loss of the last step read.");

    private Activity? activity;
    private int skipped;

    private TrainingTelemetry()
    {
    }

    /// <summary>The observers, and one that tells, if anybody listens.</summary>
    internal static IReadOnlyList<ITrainingObserver>? Beside(IReadOnlyList<ITrainingObserver>? observers) =>
        DiffusionTelemetry.Activities.HasListeners() || Steps.Enabled || Images.Enabled || Skipped.Enabled || Loss.Enabled
            ? [.. observers ?? [], new TrainingTelemetry()]
            : observers;

    /// <inheritdoc/>
    public void BeforeTraining(Trainer trainer)
    {
        activity = DetachedActivity.Start("ddpm.train", [
            new("ddpm.training.steps", trainer.Options.Steps), new("ddpm.training.batch_size", trainer.Options.BatchSize),
            new("ddpm.training.first_step", trainer.Step + 1)]);
    }

    /// <inheritdoc/>
    public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
    {
        Steps.Add(1);
        Images.Add(trainer.Options.BatchSize);
        Skipped.Add(progress.SkippedSteps - skipped);
        skipped = progress.SkippedSteps;
        if (progress.Read.Count > 0 && double.IsFinite(progress.Loss))
            Loss.Record(progress.Loss);
    }

    /// <inheritdoc/>
    public void AfterTraining(Trainer trainer, TrainingEnd ended)
    {
        activity?.SetTag("ddpm.training.last_step", trainer.Step);
        DetachedActivity.End(activity, ended == TrainingEnd.Finished ? null : ended.ToString().ToLowerInvariant());
    }
}
