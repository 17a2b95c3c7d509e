using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ddpm.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>A <see cref="TrainingState"/> and the recipe of its run as files of one checkpoint.</summary>
internal static class TrainingCheckpoint
{
    /// <summary>Where a recorder keeps them, in its folder.</summary>
    internal const string Folder = "checkpoints";

    private const string Description = "state.json", Weights = "weights", Losses = "losses", ThisFormat = "ddpm-training-1";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        // Said, as programs that may be trimmed have none by default.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    internal static string Label(int step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D7}");

    /// <summary>The files and what writes them; the state must live until they are written.</summary>
    internal static IReadOnlyList<(string Name, Action<Stream> Write)> Files(TrainingState state, IReadOnlyDictionary<string, string> recipe)
    {
        var said = new Said(
            ThisFormat, state.Step, state.DrawnBefore, state.SkippedSteps, state.SkippedInARow, state.OptimizerSteps, [.. state.Moments.Keys],
            [.. state.Averages.Keys], recipe);
        return
        [
            (Description, JsonFile.To(said, Json)),
            (File(Weights), SafetensorsWriter.To(state.Weights)),
            .. state.Moments.Values.Select((tensors, i) => (File(Moment(i)), SafetensorsWriter.To(tensors))),
            .. state.Averages.Values.Select((tensors, i) => (File(Average(i)), SafetensorsWriter.To(tensors))),
            (File(Losses), stream =>
            {
                using var losses = tensor(state.Losses.ToArray());
                SafetensorsWriter.To([KeyValuePair.Create(Losses, losses)])(stream);
            }),
        ];
    }

    /// <summary>Whether there is a checkpoint, whole or not: of a recorder's folder, of one of checkpoints, or the folder itself.</summary>
    internal static bool AreIn(string folder) => IsOne(folder) || CheckpointName.In(Store(folder)).Count > 0;

    /// <summary>Reads the newest checkpoint that is whole, or the one that the folder is.</summary>
    /// <param name="folder">As for <see cref="AreIn"/>.</param>
    /// <param name="tell">Told of those that are passed over.</param>
    /// <param name="cancellationToken">Looked at while they are verified.</param>
    /// <returns>The state, which the caller disposes, and the recipe.</returns>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DataFormatException">None is whole, or a file is not what this library writes.</exception>
    internal static (TrainingState State, IReadOnlyDictionary<string, string> Recipe) ReadNewest(
        string folder, Action<string> tell, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Reflection.Check("Going on with a recorded training");
        if (IsOne(folder))
            return Read(CheckpointFolder.Open(folder, cancellationToken));
        using var store = new CheckpointStore(Store(folder), warnings: new Told(tell));
        return Read(store.Newest(cancellationToken)
            ?? throw new FileNotFoundException($"There must be a saved state to go on from in {folder}, but there is none."));
    }

    /// <summary>
    /// Every checkpoint of a folder, from the newest to the oldest, each with what it says or why it cannot be read. No tensor is read.
    /// </summary>
    /// <param name="folder">As for <see cref="AreIn"/>.</param>
    /// <param name="cancellationToken">Looked at while they are verified.</param>
    internal static IReadOnlyList<SavedState> List(string folder, CancellationToken cancellationToken)
    {
        Reflection.Check("Reading a recorded training's states");
        return IsOne(folder)
            ? [Look(folder, cancellationToken)]
            : [.. CheckpointName.In(Store(folder)).Select(each => Look(each.Path, cancellationToken))];
    }

    private static SavedState Look(string path, CancellationToken cancellationToken)
    {
        try
        {
            var checkpoint = CheckpointFolder.Open(path, cancellationToken);
            using var document = JsonFile.Read(checkpoint.File(Description));
            var said = Parse(checkpoint.File(Description), document);
            return new(path)
            {
                Step = said.Step,
                SkippedSteps = said.SkippedSteps,
                WeightsFile = checkpoint.File(File(Weights)),
                Averages = said.Averages.Select((name, i) => KeyValuePair.Create(name, checkpoint.File(File(Average(i))))).ToDictionary(),
                Recipe = said.Recipe,
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(path) { Fault = fault.Message };
        }
    }

    private static bool IsOne(string folder) => System.IO.File.Exists(Path.Combine(folder, Description));

    private static string Store(string folder) =>
        Path.Combine(folder, Folder) is var inside && Directory.Exists(inside) ? inside : folder;

    /// <summary>Reads a checkpoint that was found whole.</summary>
    /// <returns>The state, which the caller disposes, and the recipe.</returns>
    /// <exception cref="DataFormatException">A file is not what this library writes.</exception>
    private static (TrainingState State, IReadOnlyDictionary<string, string> Recipe) Read(CheckpointFolder checkpoint)
    {
        var path = checkpoint.File(Description);
        using var document = JsonFile.Read(path);
        var said = Parse(path, document);
        var read = new List<Tensor>();
        try
        {
            var losses = Tensors(Losses);
            var state = new TrainingState
            {
                Step = said.Step,
                DrawnBefore = said.DrawnBefore,
                SkippedSteps = said.SkippedSteps,
                SkippedInARow = said.SkippedInARow,
                OptimizerSteps = said.OptimizerSteps,
                Weights = Tensors(Weights),
                Moments = said.Moments.Select((name, i) => (name, i)).ToDictionary(each => each.name, each => Tensors(Moment(each.i))),
                Averages = said.Averages.Select((name, i) => (name, i)).ToDictionary(each => each.name, each => Tensors(Average(each.i))),
                Losses = losses.GetValueOrDefault(Losses) is { dtype: ScalarType.Float32 } values
                    ? values.data<float>().ToArray()
                    : throw new DataFormatException(checkpoint.File(File(Losses)), null, $"it must hold float32 '{Losses}', but does not"),
            };
            losses.Values.ToList().ForEach(tensor => tensor.Dispose());
            return (state, said.Recipe);
        }
        catch
        {
            read.ForEach(tensor => tensor.Dispose());
            throw;
        }

        IReadOnlyDictionary<string, Tensor> Tensors(string name)
        {
            using var file = TensorFile.Open(checkpoint.File(File(name)));
            if (file.Dictionaries is not [var stored])
                throw new DataFormatException(file.File, null, $"it must hold one dictionary of tensors, but holds {file.Dictionaries.Count}");
            var tensors = stored.Entries.ToDictionary(entry => entry.Name, entry => stored.Read(entry.Name), StringComparer.Ordinal);
            read.AddRange(tensors.Values);
            return tensors;
        }
    }

    private static Said Parse(string path, JsonDocument document)
    {
        try
        {
            var said = document.Deserialize<Said>(Json) ?? throw new JsonException("it must be an object, but is null");
            return said.Format == ThisFormat
                ? said
                : throw new JsonException($"format must be {ThisFormat}, but is '{said.Format}'");
        }
        catch (JsonException fault)
        {
            throw new DataFormatException(path, null, fault.Message.TrimEnd('.'), fault);
        }
    }

    private static string File(string name) => name + ".safetensors";

    private static string Moment(int i) => string.Create(CultureInfo.InvariantCulture, $"moment-{i}");

    private static string Average(int i) => string.Create(CultureInfo.InvariantCulture, $"average-{i}");

    private sealed record Said(
        string Format, int Step, int DrawnBefore, int SkippedSteps, int SkippedInARow, int OptimizerSteps, IReadOnlyList<string> Moments,
        IReadOnlyList<string> Averages, IReadOnlyDictionary<string, string> Recipe);
}
