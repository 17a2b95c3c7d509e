using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ddpm.Samplers;

namespace Ddpm;

/// <summary>
/// The library's samplers in ddpm.json: their kind and every setting. Of one that is not the library's only its name.
/// </summary>
internal static class SamplerJson
{
    private const string Kind = "kind", Other = "other", TypeName = "type";

    // The names are part of the format.
    private static readonly Dictionary<string, Func<GridSampler>> Kinds = new(StringComparer.Ordinal)
    {
        ["ancestral"] = () => new AncestralSampler(),
        ["ddim"] = () => new DdimSampler(),
        ["ddim_inversion"] = () => new DdimInversion(),
        ["deis"] = () => new DeisSolver(),
        ["dpm2"] = () => new Dpm2Sampler(),
        ["dpm_solver"] = () => new DpmSolver(),
        ["dpm_solver_2s"] = () => new DpmSolver2S(),
        ["dpm_solver_sde"] = () => new DpmSolverSde(),
        ["dpm_solver_singlestep"] = () => new DpmSolverSinglestep(),
        ["euler"] = () => new EulerSampler(),
        ["heun"] = () => new HeunSampler(),
        ["ipndm"] = () => new IpndmSampler(),
        ["lms"] = () => new LmsSampler(),
        ["pndm"] = () => new PndmSampler(),
        ["sa_solver"] = () => new SaSolver(),
        ["unipc"] = () => new UniPcSolver(),
    };

    internal static JsonObject Write(ISampler sampler)
    {
        if (sampler is not GridSampler grid)
            return new() { [Kind] = Other, [TypeName] = sampler.GetType().FullName };
        var kind = Kinds.Single(each => each.Value().GetType() == sampler.GetType()).Key;
        var entries = new JsonObject { [Kind] = kind };
        foreach (var property in Settings(grid))
            entries[property.Name] = property.PropertyType == typeof(TimestepSpacing)
                ? SpacingJson.Write(grid.Spacing)
                : JsonSerializer.SerializeToNode(property.Get!(grid), property.PropertyType, ModelDescription.Json);
        return entries;
    }

    internal static GridSampler Read(JsonObject entries)
    {
        var kind = Text(entries, Kind);
        if (kind is null || !Kinds.TryGetValue(kind, out var make))
            throw new JsonException($"the sampler must be one of {string.Join(", ", Kinds.Keys)}, or {Other}, but is '{kind}'");
        var sampler = make();
        var settings = Settings(sampler).ToDictionary(property => property.Name, StringComparer.Ordinal);
        TimestepSpacing? spacing = null;
        foreach (var (name, value) in entries.Where(entry => entry.Key != Kind))
            Set(name, value);
        if (settings.Count > 0)
            throw new JsonException($"the sampler {kind} must have '{settings.Keys.First()}'");
        return sampler with { Spacing = spacing! };

        void Set(string name, JsonNode? value)
        {
            if (!settings.Remove(name, out var property))
                throw new JsonException($"the sampler {kind} has no '{name}'");
            try
            {
                if (property.PropertyType == typeof(TimestepSpacing))
                    spacing = SpacingJson.Read(value);
                else
                    property.Set!(sampler, value.Deserialize(property.PropertyType, ModelDescription.Json));
            }
            catch (JsonException fault)
            {
                throw new JsonException($"the sampler's '{name}' is not one, {value?.ToJsonString() ?? "null"}: {fault.Message.TrimEnd('.')}", fault);
            }
        }
    }

    /// <summary>Whether it is a sampler that is not this library's, and its name.</summary>
    internal static bool IsOther(JsonObject? entries, out string name)
    {
        name = Text(entries, TypeName) ?? "not named";
        return entries is null || Text(entries, Kind) == Other;
    }

    private static string? Text(JsonObject? entries, string name) =>
        entries?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static IEnumerable<JsonPropertyInfo> Settings(GridSampler sampler) =>
        ModelDescription.Json.GetTypeInfo(sampler.GetType()).Properties.Where(property => property.Get is not null && property.Set is not null);
}
