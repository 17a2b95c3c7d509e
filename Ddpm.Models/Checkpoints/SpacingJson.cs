using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ddpm.Samplers;

namespace Ddpm;

/// <summary>A sampler's spacing in ddpm.json: its kind and every setting, which are the arguments of its constructor.</summary>
internal static class SpacingJson
{
    private const string Kind = "kind";

    // The names are part of the format.
    private static readonly Dictionary<string, Type> Kinds = new(StringComparer.Ordinal)
    {
        ["all"] = typeof(AllSteps),
        ["exponential"] = typeof(ExponentialLevels),
        ["flow_time"] = typeof(FlowTimes),
        ["karras"] = typeof(KarrasLevels),
        ["leading"] = typeof(LeadingSteps),
        ["levels"] = typeof(ListedLevels),
        ["linspace"] = typeof(LinspaceSteps),
        ["list"] = typeof(ListedSteps),
        ["polyexponential"] = typeof(PolyexponentialLevels),
        ["quadratic"] = typeof(QuadraticSteps),
        ["respaced"] = typeof(RespacedSteps),
        ["trailing"] = typeof(TrailingSteps),
        ["uniform"] = typeof(UniformSteps),
        ["vp"] = typeof(VpLevels),
    };

    internal static JsonObject Write(TimestepSpacing spacing)
    {
        var type = spacing.GetType();
        var entries = new JsonObject { [Kind] = Kinds.Single(each => each.Value == type).Key };
        foreach (var setting in Constructor(type).GetParameters())
        {
            var value = type.GetProperty(setting.Name!, BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase)!.GetValue(spacing);
            entries[NameOf(setting)] = JsonSerializer.SerializeToNode(value, setting.ParameterType, ModelDescription.Json);
        }
        return entries;
    }

    /// <exception cref="JsonException">It is not a spacing: a setting is missing, unknown or out of range.</exception>
    internal static TimestepSpacing Read(JsonNode? node)
    {
        if (node is not JsonObject entries)
            throw new JsonException("a spacing must be an object");
        var kind = entries[Kind] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        if (kind is null || !Kinds.TryGetValue(kind, out var type))
            throw new JsonException($"a spacing must be one of {string.Join(", ", Kinds.Keys)}, but is '{kind}'");
        var settings = Constructor(type).GetParameters();
        if (entries.FirstOrDefault(entry => entry.Key != Kind && settings.All(setting => NameOf(setting) != entry.Key)).Key is { } unknown)
            throw new JsonException($"the spacing {kind} has no '{unknown}'");
        var arguments = Array.ConvertAll(settings, setting => entries.TryGetPropertyValue(NameOf(setting), out var given)
            ? ReadOne(given, setting.ParameterType, $"the spacing {kind}'s '{NameOf(setting)}'")
            : throw new JsonException($"the spacing {kind} must have '{NameOf(setting)}'"));
        try
        {
            return (TimestepSpacing)Constructor(type).Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            throw new JsonException($"the spacing {kind} cannot be so: {fault.Message}", fault);
        }
    }

    private static object? ReadOne(JsonNode? node, Type type, string what)
    {
        try
        {
            var value = node.Deserialize(type, ModelDescription.Json);
            return value is not null || Nullable.GetUnderlyingType(type) is not null ? value : throw new JsonException("it must not be null");
        }
        catch (JsonException fault)
        {
            throw new JsonException($"{what} is not one, {node?.ToJsonString() ?? "null"}: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().Single();

    private static string NameOf(ParameterInfo setting) => JsonNamingPolicy.SnakeCaseLower.ConvertName(setting.Name!);
}
