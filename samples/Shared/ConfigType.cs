using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm.Samples;

/// <summary>How the values of one type of flag stand in JSON.</summary>
/// <param name="Rule">What they must be, in words.</param>
/// <param name="Read">A value as on the command line; null: it is of another type.</param>
/// <param name="Write">The other way round.</param>
internal sealed record ConfigType(string Rule, Func<JsonElement, IReadOnlyList<string>?> Read, Func<IReadOnlyList<string>, JsonNode> Write)
{
    private static readonly ConfigType YesOrNo = new(
        "true or false",
        value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [value.GetBoolean() ? "true" : "false"] : null,
        texts => texts is [] || bool.Parse(texts[^1]));

    private static readonly ConfigType Number = new("a number", value => Text(value, JsonValueKind.Number), texts => ToNumber(texts[^1]));

    private static readonly ConfigType Numbers = new(
        "numbers in brackets",
        value => Texts(value, JsonValueKind.Number) is { } texts ? [string.Join(',', texts)] : null,
        texts => new JsonArray([.. texts[^1].Split(',').Select(ToNumber)]));

    private static readonly ConfigType Words = new(
        "texts in brackets", value => Texts(value, JsonValueKind.String), texts => new JsonArray([.. texts.Select(text => JsonValue.Create(text))]));

    // A size: 32 or "192x160".
    private static readonly ConfigType Pair = new(
        "a number or a text", value => Text(value, JsonValueKind.Number) ?? Text(value, JsonValueKind.String), texts => texts[^1]);

    private static readonly ConfigType Word = new("a text", value => Text(value, JsonValueKind.String), texts => texts[^1]);

    /// <summary>A flag's.</summary>
    public static ConfigType Of(Option flag)
    {
        var type = Nullable.GetUnderlyingType(flag.ValueType) ?? flag.ValueType;
        return type == typeof(bool) ? YesOrNo
            : type == typeof(int) || type == typeof(ulong) || type == typeof(double) ? Number
            : type == typeof(int[]) ? Numbers
            : type == typeof(string[]) ? Words
            : type.IsAssignableTo(typeof(ITuple)) ? Pair
            : Word;
    }

    private static string[]? Text(JsonElement value, JsonValueKind kind) => value.ValueKind != kind ? null
        : [kind == JsonValueKind.String ? value.GetString()! : value.GetRawText()];

    private static string[]? Texts(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(each => each.ValueKind == kind)
            ? [.. value.EnumerateArray().SelectMany(each => Text(each, kind)!)]
            : Text(value, kind);

    // Whole ones without a detour over double, which has no room for every seed.
    private static JsonNode ToNumber(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed) ? JsonValue.Create(signed)
            : JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
}
