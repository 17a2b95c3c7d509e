using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ddpm.Formats;

namespace Ddpm;

/// <summary>Descriptions in JSON.</summary>
internal static class JsonFile
{
    private const int LargestFile = 64 << 20;

    // Texts are matched whole, so that nothing in them is; without backtracking, so that a hostile file takes no longer.
    private static readonly Regex NotNumbers =
        new("\"(?:[^\"\\\\]|\\\\.)*\"|-?Infinity|NaN", RegexOptions.NonBacktracking | RegexOptions.Singleline);

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is too large, or not JSON.</exception>
    internal static JsonDocument Read(string path) => Parse(path, stream => JsonDocument.Parse(stream));

    /// <summary>What Python writes as JSON: its NaN, Infinity and -Infinity, which JSON does not have, are read as null.</summary>
    /// <inheritdoc cref="Read"/>
    internal static JsonDocument ReadPython(string path) => Parse(path, stream =>
    {
        using var reader = new StreamReader(stream);
        return JsonDocument.Parse(NotNumbers.Replace(reader.ReadToEnd(), match => match.Value[0] == '"' ? match.Value : "null"));
    });

    /// <summary>A text in memory.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="source">Where it is from.</param>
    /// <exception cref="DataFormatException">It is not JSON.</exception>
    internal static JsonDocument Parse(string text, string source) => Parse(source, () => JsonDocument.Parse(text));

    private static JsonDocument Parse(string path, Func<Stream, JsonDocument> parse)
    {
        using var stream = InputFile.Open(path);
        return stream.Length > LargestFile
            ? throw new DataFormatException(path, null, $"a description must be at most {LargestFile} bytes, but has {stream.Length}")
            : Parse(path, () => parse(stream));
    }

    private static JsonDocument Parse(string source, Func<JsonDocument> parse)
    {
        try
        {
            return parse();
        }
        catch (JsonException fault)
        {
            throw new DataFormatException(source, null, "a description must be JSON: " + fault.Message.TrimEnd('.'), fault);
        }
    }

    /// <summary>What writes a description; it is made here, so that what cannot be described fails before any file is begun.</summary>
    internal static Action<Stream> To<T>(T value, JsonSerializerOptions options)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, options);
        return stream => stream.Write(json);
    }

    /// <summary>The same for entries that are null, texts, numbers, flags and lists of these. It needs no reflection.</summary>
    internal static Action<Stream> To(IReadOnlyDictionary<string, object?> entries)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in entries)
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }
            writer.WriteEndObject();
        }
        var json = buffer.ToArray();
        return stream => stream.Write(json);
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items)
                    WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException(
                    $"A description may hold texts, numbers, flags and lists, but not a {value.GetType().Name}.", nameof(value));
        }
    }
}
