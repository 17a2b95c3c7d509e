using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>What is looked at: where it lies, and what could be opened of it.</summary>
internal sealed class Patient : IDisposable
{
    private const string ModelFolder = "model";

    private readonly List<string> ignored = [];
    private IReadOnlyList<(string Name, Tensor Weights)>? weights;

    /// <param name="path">A model's folder, a file of weights, or a folder that a training wrote.</param>
    /// <param name="machine">Where it is looked at.</param>
    /// <param name="open">Opens a model by its path and tells what it ignores.</param>
    /// <param name="stop">Looked at while states are verified.</param>
    public Patient(string path, Machine machine, Func<string, IProgress<string>, Diffusion> open, CancellationToken stop = default)
    {
        (Path, Machine) = (path, machine);
        IsTraining = IsOfTraining(path);
        ModelPath = !IsTraining ? path : Directory.Exists(Inside(ModelFolder)) ? Inside(ModelFolder) : null;
        try
        {
            States = IsTraining ? SavedState.In(path, stop) : [];
            Diffusion = ModelPath is null ? null : open(ModelPath, new Told<string>(ignored.Add));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            OpeningFault = fault;
        }
    }

    public string Path { get; }

    public Machine Machine { get; }

    /// <summary>Whether it is a folder that a training wrote, or its states'.</summary>
    public bool IsTraining { get; }

    /// <summary>Where the model is; null: a training folder has none.</summary>
    public string? ModelPath { get; }

    /// <summary>The model; null where there is none, or <see cref="OpeningFault"/>.</summary>
    public Diffusion? Diffusion { get; init; }

    public Exception? OpeningFault { get; }

    /// <summary>What was ignored when it was opened.</summary>
    public IReadOnlyList<string> Ignored => ignored;

    /// <summary>A training's states, from the newest to the oldest.</summary>
    public IReadOnlyList<SavedState> States { get; } = [];

    /// <summary>The newest state that is whole.</summary>
    public SavedState? State => States.FirstOrDefault(state => state.Fault is null);

    /// <summary>The images that it is, or was, trained on; null: not given.</summary>
    public string? Data { get; init; }

    /// <summary>Images to draw; 0: none.</summary>
    public int Images { get; init; } = 4;

    /// <summary>In one line: what it is.</summary>
    public string Title => string.Join(", ", Words());

    /// <summary>The network's weights by name; without a network, those of the newest state. They live as long as the patient.</summary>
    public IReadOnlyList<(string Name, Tensor Weights)> Weights => weights ??= Diffusion?.Denoiser.Network is { } network
        ? [.. network.named_parameters().Select(named => (named.name, (Tensor)named.parameter))]
        : State?.WeightsFile is { } file ? [.. Read(file).Select(named => (named.Key, named.Value.DetachFromDisposeScope()))]
        : [];

    /// <summary>A path in its folder.</summary>
    public string Inside(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>All tensors of a file that holds one dictionary.</summary>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        using var file = Formats.TensorFile.Open(path);
        var stored = file.Dictionaries[0];
        return stored.Entries.ToDictionary(entry => entry.Name, entry => stored.Read(entry.Name), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        if (Diffusion is null)
            foreach (var (_, tensor) in weights ?? [])
                tensor.Dispose();
        Diffusion?.Dispose();
    }

    private IEnumerable<string> Words()
    {
        yield return !System.IO.Path.Exists(Path) ? "nothing there"
            : IsTraining ? "a training folder"
            : File.Exists(Path) ? "a file of weights"
            : "a model's folder";
        if (Diffusion is { } model)
            yield return FormattableString.Invariant($"{model.ParameterCount:N0} weights, images of {model.Image}, ")
                + FormattableString.Invariant($"{model.Process.Steps} steps, predicts {model.Prediction.Parameterization.Prediction}");
        if (State is { } state)
            yield return FormattableString.Invariant($"trained for {state.Step} steps");
    }

    // A model's folder has a description; what a training wrote has none, but one of these.
    private static bool IsOfTraining(string path)
    {
        return Directory.Exists(path) && !Has("ddpm.json", "model_index.json", "config.json", "unet")
            && (Diffusion.HasTrainingState(path) || Has(ModelFolder, "checkpoints", LossTable.Name));

        bool Has(params string[] names) => names.Any(name => System.IO.Path.Exists(System.IO.Path.Combine(path, name)));
    }
}
