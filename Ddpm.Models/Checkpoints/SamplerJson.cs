using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ddpm;

/// <summary>The library's samplers in ddpm.json: their kind and every setting; the steps as they are visited.</summary>
internal static class SamplerJson
{
    private const string Kind = "kind";

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

    /// <summary>Null for a sampler that was not made by this library: the folder is then read with the default one.</summary>
    internal static JsonObject? Write(ISampler sampler, DiffusionPath path)
    {
        if (sampler is not GridSampler grid)
            return null;
        var kind = Kinds.Single(each => each.Value().GetType() == sampler.GetType()).Key;
        var entries = new JsonObject { [Kind] = kind };
        foreach (var property in Settings(grid))
            entries[property.Name] = JsonSerializer.SerializeToNode(property.Get!(grid), property.PropertyType, Options(grid, path));
        return entries;
    }

    internal static GridSampler Read(JsonObject entries)
    {
        var kind = (string?)entries[Kind];
        if (kind is null || !Kinds.TryGetValue(kind, out var make))
            throw new JsonException($"the sampler must be one of {string.Join(", ", Kinds.Keys)}, but is '{kind}'");
        var sampler = make();
        var settings = Settings(sampler).ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var (name, value) in entries.Where(entry => entry.Key != Kind))
            Set(name, value);
        return settings.Count == 0 ? sampler : throw new JsonException($"the sampler {kind} must have '{settings.Keys.First()}'");

        void Set(string name, JsonNode? value)
        {
            if (!settings.Remove(name, out var property))
                throw new JsonException($"the sampler {kind} has no '{name}'");
            try
            {
                property.Set!(sampler, value.Deserialize(property.PropertyType, Options()));
            }
            catch (JsonException fault)
            {
                throw new JsonException($"the sampler's '{name}' is not one, {value?.ToJsonString() ?? "null"}: {fault.Message.TrimEnd('.')}", fault);
            }
        }
    }

    private static IEnumerable<JsonPropertyInfo> Settings(GridSampler sampler) =>
        Options().GetTypeInfo(sampler.GetType()).Properties.Where(property => property.Get is not null && property.Set is not null);

    private static JsonSerializerOptions Options(GridSampler? sampler = null, DiffusionPath? path = null) => new(ModelDescription.Json)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,        // a highest level may be infinite
        Converters = { new SpacingConverter(sampler, path) },
    };

    // By the steps that they are, or by their levels, and by both where the network is told another step than a level's.
    private sealed class SpacingConverter(GridSampler? sampler, DiffusionPath? path) : JsonConverter<TimestepSpacing>
    {
        private sealed record Points(IReadOnlyList<double>? Steps, IReadOnlyList<double>? Levels);

        public override TimestepSpacing Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Points>(ref reader, options) switch
            {
                { Steps: { } steps, Levels: null } => TimestepSpacing.List(steps),
                { Steps: null, Levels: { } levels } => TimestepSpacing.Levels([.. levels]),
                { Steps: null, Levels: null } => TimestepSpacing.All,
                { Steps: { } steps, Levels: { } levels } when steps.Count == levels.Count => TimestepSpacing.Levels(levels, steps),
                _ => throw new JsonException("a spacing must have steps, levels, neither, or as many of each"),
            };

        public override void Write(Utf8JsonWriter writer, TimestepSpacing value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value == TimestepSpacing.All ? new Points(null, null) : PointsOf(), options);

        private Points PointsOf()
        {
            var (seen, visited) = (sampler!.Seen(path!), sampler.Visited(path!));
            double[] steps = [.. visited.Select(point => point.T)], levels = [.. visited.Select(point => point.Rho)];
            return visited.All(point => point.T >= 0 && seen.At(point.T) == point) ? new(steps, null)
                : visited.All(point => seen.AtRho(point.Rho).T == point.T) ? new(null, levels)
                : new(steps, levels);
        }
    }
}
