using System.Text.Json;

namespace Ddpm.Training;

/// <summary>What is other than in a preset, setting by setting.</summary>
internal static class PresetDifferences
{
    internal static IReadOnlyList<string> Of(TrainingPreset preset, TrainingOptions options, Diffusion diffusion) =>
    [
        .. OfSettings("Steps", preset.Options.Steps, options.Steps),
        .. Between(TrainingRecipe.OfOptions(preset.Options, TrainingLevels.Uniform), TrainingRecipe.OfOptions(options, diffusion.Levels)),
        .. OfSettings("model.Schedule", $"{preset.Schedule}", $"{diffusion.Process.Schedule}"),
        .. Between(Properties("model.", preset.Prediction.Parameterization), Properties("model.", diffusion.Prediction.Parameterization)),
        .. diffusion.Denoiser is UNet network
            ? Between(Properties("network.", preset.Network), Properties("network.", network.Options))
            : [$"network is {diffusion.Denoiser.GetType().Name} instead of {nameof(UNet)}"],
    ];

    private static IEnumerable<string> OfSettings(string name, object published, object here) =>
        published.Equals(here) ? [] : [FormattableString.Invariant($"{name} is {here} instead of {published}")];

    private static IEnumerable<string> Between(
        IEnumerable<KeyValuePair<string, string>> published, IEnumerable<KeyValuePair<string, string>> here)
    {
        var own = here.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in published)
            // Whether a rate falls decides whether the recipe names its steps, which are compared by themselves; a seed is anybody's.
            if (name is not ("training.Steps" or "training.Seed") && own[name] != value)
                yield return $"{name} is {own[name]} instead of {value}";
    }

    private static IEnumerable<KeyValuePair<string, string>> Properties<T>(string prefix, T options) =>
        JsonSerializer.SerializeToElement(options, Json).EnumerateObject()
            .Select(property => KeyValuePair.Create(prefix + property.Name, property.Value.GetRawText()));

    // All properties, null or not, under the names that they have in C#.
    private static readonly JsonSerializerOptions Json = new(ModelDescription.Json)
    {
        WriteIndented = false,
        PropertyNamingPolicy = null,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never,
    };
}
