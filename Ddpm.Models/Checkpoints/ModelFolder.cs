using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A folder that says everything needed to rebuild a diffusion: model.safetensors and ddpm.json. It holds no code.</summary>
internal static class ModelFolder
{
    internal const string Description = "ddpm.json";
    private const string Weights = "model.safetensors";

    internal static bool IsOne(string folder) => File.Exists(Path.Combine(folder, Description));

    /// <param name="parts">What is described.</param>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="weights">The weights by the network's names; null: those that it has now.</param>
    internal static void Save(SavedParts parts, string folder, IReadOnlyDictionary<string, Tensor>? weights = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var description = JsonFile.To(ModelDescription.Of(parts), ModelDescription.Json);
        CheckEmptyOfPipelines(folder);
        Directory.CreateDirectory(folder);
        AtomicFiles.Write(
            (Path.Combine(folder, Weights), SafetensorsWriter.To(weights ?? parts.Denoiser.Network!.state_dict())),
            (Path.Combine(folder, Description), description));
    }

    /// <exception cref="IOException">A model cannot be saved there.</exception>
    internal static void CheckEmptyOfPipelines(string folder)
    {
        if (File.Exists(Path.Combine(folder, PipelineFolder.Index)))
            throw new IOException($"{folder} must not hold a pipeline, but has {PipelineFolder.Index}: save into a folder of its own.");
    }

    internal static CheckpointParts Describe(string folder)
    {
        var path = Path.Combine(folder, Description);
        if (File.Exists(Path.Combine(folder, PipelineFolder.Index)))
            throw new DataFormatException(
                folder, null, $"a folder must be a saved diffusion or a pipeline, but has both {Description} and {PipelineFolder.Index}");
        using var document = JsonFile.Read(path);
        return ModelDescription.Read(document, path, Path.Combine(folder, Weights));
    }
}
