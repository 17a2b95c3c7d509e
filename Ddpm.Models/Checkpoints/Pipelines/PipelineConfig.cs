using System.Text.Json;

namespace Ddpm;

/// <summary>
/// One of a pipeline's JSON descriptions. Entries that begin with an underscore say nothing of the model; those listed in <c>_use_default_values</c>
/// and those that are missing take their default.
/// </summary>
internal sealed class PipelineConfig
{
    private readonly string path;
    private readonly Dictionary<string, JsonElement> entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private PipelineConfig(string path, JsonElement root)
    {
        this.path = path;
        if (root.ValueKind != JsonValueKind.Object)
            throw new DataFormatException(path, null, $"a description must be a JSON object, but is {root.ValueKind}");
        foreach (var entry in root.EnumerateObject())
            if (!entries.TryAdd(entry.Name, entry.Value.Clone()))
                throw new DataFormatException(path, null, $"'{entry.Name}' may occur only once");
        Class = Text("_class_name", null);
        foreach (var name in Texts("_use_default_values", []))
            entries.Remove(name);
    }

    /// <summary>The class that it describes, if it says.</summary>
    internal string? Class { get; }

    internal static PipelineConfig Read(string path)
    {
        using var document = JsonFile.ReadPython(path);
        return new PipelineConfig(path, document.RootElement);
    }

    internal bool Has(string name) => Find(name) is not null;

    internal int Integer(string name, int fallback) => IntegerOrNull(name, fallback) ?? throw Wrong(name, "a whole number");

    internal int? IntegerOrNull(string name, int? fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw Wrong(name, "a whole number");

    internal double Number(string name, double fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number
        : throw Wrong(name, "a number");

    internal double? NumberOrNull(string name) => Find(name) is { ValueKind: not JsonValueKind.Null } ? Number(name, 0) : null;

    internal bool Flag(string name, bool fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(name, "true or false");

    internal string? Text(string name, string? fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(name, "text");

    internal IReadOnlyList<string> Texts(string name, IReadOnlyList<string> fallback) =>
        List(name, JsonValueKind.String, "a list of texts")?.Select(item => item.GetString()!).ToArray() ?? fallback;

    internal IReadOnlyList<int>? Integers(string name, IReadOnlyList<int>? fallback) =>
        List(name, JsonValueKind.Number, "a list of whole numbers")
            ?.Select(item => item.TryGetInt32(out var number) ? number : throw Wrong(name, "a list of whole numbers")).ToArray() ?? fallback;

    internal IReadOnlyList<double>? Numbers(string name) =>
        List(name, JsonValueKind.Number, "a list of numbers")?.Select(item => item.GetDouble()).ToArray();

    internal bool IsList(string name) => Find(name)?.ValueKind == JsonValueKind.Array;

    /// <summary>One of a table's names.</summary>
    internal T Choice<T>(string name, string? fallback, params (string? Name, T Value)[] choices)
    {
        var text = Text(name, fallback);
        foreach (var choice in choices)
            if (string.Equals(choice.Name, text, StringComparison.OrdinalIgnoreCase))
                return choice.Value;
        throw Wrong(name, "one of " + string.Join(", ", choices.Select(choice => choice.Name ?? "null")));
    }

    /// <summary>Tells of the entries that nobody asked for.</summary>
    internal void WarnOfTheRest(IProgress<string>? warnings)
    {
        foreach (var name in entries.Keys.Where(name => !name.StartsWith('_') && !asked.Contains(name)))
            warnings?.Report($"{path}: '{name}' says nothing here and is ignored.");
    }

    internal DataFormatException Wrong(string name, string rule) =>
        new(path, null, $"'{name}' must be {rule}, but is " + (entries.TryGetValue(name, out var value)
            ? value.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : value.GetRawText()
            : "missing"));

    private JsonElement? Find(string name)
    {
        asked.Add(name);
        return entries.TryGetValue(name, out var value) ? value : null;
    }

    private JsonElement[]? List(string name, JsonValueKind kind, string rule)
    {
        if (Find(name) is not { ValueKind: not JsonValueKind.Null } value)
            return null;
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : throw Wrong(name, rule);
        return items.All(item => item.ValueKind == kind) ? items : throw Wrong(name, rule);
    }
}
