using System.Text.Json;

namespace Ddpm;

/// <summary>A folder that says everything needed to rebuild a diffusion: model.safetensors and ddpm.json. It holds no code.</summary>
internal static class ModelFolder
{
    internal const string Description = "ddpm.json";
    private const string Weights = "model.safetensors";

    internal static bool IsOne(string folder) => File.Exists(Path.Combine(folder, Description));

    internal static void Save(Diffusion diffusion, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var network = UNetWeights.NetworkToSave(diffusion);
        Directory.CreateDirectory(folder);
        UNetWeights.Save(network, Path.Combine(folder, Weights));
        JsonFile.Write(Path.Combine(folder, Description), ModelDescription.Of(diffusion, network.Options), ModelDescription.Json);
    }

    internal static DiffusionBuilder Describe(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, Description);
        using var document = JsonFile.Read(path);
        try
        {
            var description = document.Deserialize<ModelDescription>(ModelDescription.Json)
                ?? throw new JsonException("it must be an object, but is null");
            return description.ToBuilder().WithWeights(Path.Combine(folder, Weights));
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new DataFormatException(path, null, fault.Message.TrimEnd('.'), fault);
        }
    }
}
