using System.Text.Json;
using Ddpm.Formats;

namespace Ddpm.Evaluation;

/// <summary>What statistics were made from, as JSON; only what is known is written, and what is not known here is passed over.</summary>
internal static class OriginJson
{
    private const int MaxDepth = 8;

    internal static byte[] Write(StatisticsOrigin origin)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Text(json, "data", origin.Data);
            Text(json, "split", origin.Split);
            Text(json, "resize", origin.Resize);
            Text(json, "program", origin.Program);
            if (origin.Space is { } space)
            {
                json.WriteStartObject("features");
                Text(json, "name", space.Name);
                json.WriteNumber("width", space.Width);
                Text(json, "version", space.Version);
                Text(json, "resize", space.Resize);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="DataFormatException">It is no such JSON.</exception>
    internal static StatisticsOrigin Read(string path, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8, new() { MaxDepth = MaxDepth });
            var root = Object(path, json.RootElement, "it");
            return new()
            {
                Data = Text(path, root, "data"),
                Split = Text(path, root, "split"),
                Resize = Text(path, root, "resize"),
                Program = Text(path, root, "program"),
                Space = root.TryGetProperty("features", out var features) && features.ValueKind != JsonValueKind.Null
                    ? Space(path, Object(path, features, "features"))
                    : null,
            };
        }
        catch (JsonException fault)
        {
            throw Refuse(path, $"must be JSON in UTF-8: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static FeatureSpace Space(string path, JsonElement features)
    {
        var name = Text(path, features, "name");
        if (string.IsNullOrWhiteSpace(name))
            throw Refuse(path, "must name its features");
        if (!features.TryGetProperty("width", out var width) || width.ValueKind != JsonValueKind.Number
            || !width.TryGetInt32(out var count) || count < 1)
            throw Refuse(path, "must say the width of its features, a whole number of at least 1");
        return new(name, count) { Version = Text(path, features, "version"), Resize = Text(path, features, "resize") };
    }

    private static JsonElement Object(string path, JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.Object ? value : throw Refuse(path, $"must be a JSON object, but {what} is {value.ValueKind}");

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static string? Text(string path, JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Refuse(path, $"must have a text as {Quote.Of(name)}, but has {value.ValueKind}");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException fault)
        {
            throw Refuse(path, $"must have a valid text as {Quote.Of(name)}", fault);
        }
    }

    private static DataFormatException Refuse(string path, string rule, Exception? fault = null) =>
        new(path, null, $"the array \"{FeatureStatisticsFile.Origin}\" {rule}", fault);
}
