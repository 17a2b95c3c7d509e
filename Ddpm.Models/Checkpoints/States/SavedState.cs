namespace Ddpm.Training;

/// <summary>A state of a run as it lies on the disk (<see cref="TrainingRecorder"/>), verified; its tensors are not read.</summary>
public sealed class SavedState
{
    internal SavedState(string folder) => Folder = folder;

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Why it is not whole: a file is missing, or is not what was written. null: it is whole. Else all that follows is empty.</summary>
    public string? Fault { get; internal init; }

    /// <summary>Steps taken.</summary>
    public int Step { get; internal init; }

    /// <summary>Of them, steps that were skipped because their loss or gradient was not finite.</summary>
    public int SkippedSteps { get; internal init; }

    /// <summary>The file of the weights as they were trained, safetensors.</summary>
    public string? WeightsFile { get; internal init; }

    /// <summary>The file of each average of the weights, safetensors, by the name of its profile (<see cref="AverageProfile"/>).</summary>
    public IReadOnlyDictionary<string, string> Averages { get; internal init; } = new Dictionary<string, string>();

    /// <summary>The run's recipe as names and texts: "training.BatchSize", "data.classes".</summary>
    public IReadOnlyDictionary<string, string> Recipe { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Every state of a folder. Each file is read through once and compared with its SHA-256.</summary>
    /// <param name="folder">A <see cref="TrainingRecorder"/>'s folder, one of states, or a state's own.</param>
    /// <param name="cancellationToken">Looked at while files are read.</param>
    /// <returns>From the newest to the oldest; damaged ones too, with their <see cref="Fault"/>. None where there is none.</returns>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    public static IReadOnlyList<SavedState> In(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return TrainingCheckpoint.List(folder, cancellationToken);
    }
}
