namespace Ddpm.Training;

/// <summary>
/// Looks on while a network is trained: saves weights, draws pictures, measures. All calls come on the training thread, which waits.
/// </summary>
public interface ITrainingObserver
{
    /// <summary>Called before the first step of a run. What is thrown here ends the run before it has cost anything.</summary>
    /// <param name="trainer">The run.</param>
    void BeforeTraining(Trainer trainer)
    {
    }

    /// <summary>Called after every step.</summary>
    /// <param name="trainer">The run; its averaged weights are put into the network by <see cref="Trainer.UseAverage"/>.</param>
    /// <param name="progress">The step just done.</param>
    /// <param name="cancellationToken">The run's: long work looks at it.</param>
    void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken);

    /// <summary>
    /// Called once when a run ends, whatever ended it, if the observer's own <see cref="BeforeTraining"/> has returned. The weights are those of
    /// the last good step, the
    /// averaged ones as in <see cref="AfterStep"/>. All observers are called, whatever one throws. If the run finished, the first exception of
    /// theirs is thrown in the end; if it did not, what ended it is, and theirs are dropped.
    /// </summary>
    /// <param name="trainer">The run.</param>
    /// <param name="ended">What ended it.</param>
    void AfterTraining(Trainer trainer, TrainingEnd ended)
    {
    }
}
