using System.Text.Json;
using System.Text.RegularExpressions;

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

    private static JsonDocument Parse(string path, Func<Stream, JsonDocument> parse)
    {
        using var stream = InputFile.Open(path);
        if (stream.Length > LargestFile)
            throw new DataFormatException(path, null, $"a description must be at most {LargestFile} bytes, but has {stream.Length}");
        try
        {
            return parse(stream);
        }
        catch (JsonException fault)
        {
            throw new DataFormatException(path, null, "a description must be JSON: " + fault.Message.TrimEnd('.'), fault);
        }
    }

    internal static void Write<T>(string path, T value, JsonSerializerOptions options)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, options);
        AtomicFile.Write(path, stream => stream.Write(json));
    }
}
