using System.Text.Json;

namespace Ddpm;

/// <summary>Descriptions in JSON.</summary>
internal static class JsonFile
{
    private const int LargestFile = 64 << 20;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is too large, or not JSON.</exception>
    internal static JsonDocument Read(string path)
    {
        using var stream = InputFile.Open(path);
        if (stream.Length > LargestFile)
            throw new DataFormatException(path, null, $"a description must be at most {LargestFile} bytes, but has {stream.Length}");
        try
        {
            return JsonDocument.Parse(stream);
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
