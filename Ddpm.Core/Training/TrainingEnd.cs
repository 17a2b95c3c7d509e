namespace Ddpm.Training;

/// <summary>How a training run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>It was cancelled; the step under way was finished.</summary>
    Cancelled,

    /// <summary>The loss or its gradient was not finite; the weights are those of the last good step.</summary>
    Diverged,

    /// <summary>Something else went wrong: memory, a data set, an observer.</summary>
    Failed,
}
