namespace Ddpm;

/// <summary>Looks on while a network is trained: saves weights, draws pictures, measures.</summary>
public interface ITrainingObserver
{
    /// <summary>Called after every step, on the training thread; training goes on when it returns.</summary>
    /// <param name="trainer">The run; its averaged weights are put into the network by <see cref="Trainer.UseAverage"/>.</param>
    /// <param name="progress">The step just done.</param>
    void AfterStep(Trainer trainer, TrainingProgress progress);
}
