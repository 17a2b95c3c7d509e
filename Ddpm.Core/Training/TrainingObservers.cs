using System.Runtime.ExceptionServices;

namespace Ddpm.Training;

/// <summary>Calls all observers of a run where it begins and where it ends.</summary>
internal static class TrainingObservers
{
    /// <summary>Those that have begun are told if one of them throws.</summary>
    internal static void Begin(Trainer trainer, IReadOnlyList<ITrainingObserver> observers)
    {
        for (var i = 0; i < observers.Count; i++)
            try
            {
                observers[i].BeforeTraining(trainer);
            }
            catch
            {
                End(trainer, [.. observers.Take(i)], TrainingEnd.Failed);
                throw;
            }
    }

    /// <summary>Of a run that did not finish, what ended it is told, not what went wrong after.</summary>
    internal static void End(Trainer trainer, IReadOnlyList<ITrainingObserver> observers, TrainingEnd end)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var observer in observers)
            try
            {
                observer.AfterTraining(trainer, end);
            }
            catch (Exception fault)
            {
                first ??= ExceptionDispatchInfo.Capture(fault);
            }
        if (end == TrainingEnd.Finished)
            first?.Throw();
    }
}
