using System.Text.Json;

namespace Ddpm.Tests;

/// <summary>Values of index files that an older script may not have written.</summary>
internal static class JsonElements
{
    /// <summary>The property, or null where there is none or it is null.</summary>
    internal static JsonElement? Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    internal static double? FindNumber(this JsonElement element, string name) => element.Find(name)?.GetDouble();

    internal static int? FindInteger(this JsonElement element, string name) => element.Find(name)?.GetInt32();

    internal static string? FindText(this JsonElement element, string name) => element.Find(name)?.GetString();

    internal static bool Says(this JsonElement element, string name) => element.Find(name) is { ValueKind: JsonValueKind.True };

    internal static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetDouble())];

    internal static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetInt32())];
}
