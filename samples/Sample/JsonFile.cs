using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ddpm.Samples;

/// <summary>Records as JSON files, the same bytes on every machine.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    public static byte[] Bytes<T>(T value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, Format) + "\n");

    /// <summary>What of two records is not the same: the name, and both values.</summary>
    public static IEnumerable<(string Name, string? One, string? Other)> Differences<T>(T one, T other)
    {
        var (left, right) = (Values(JsonSerializer.SerializeToElement(one, Format)), Values(JsonSerializer.SerializeToElement(other, Format)));
        return left.Keys.Union(right.Keys).Order(StringComparer.Ordinal)
            .Select(name => (name, left.GetValueOrDefault(name), right.GetValueOrDefault(name)))
            .Where(field => field.Item2 != field.Item3);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">It.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <exception cref="DataFormatException">It is no such record.</exception>
    public static T Read<T>(string path, long most)
    {
        if (new FileInfo(path).Length is var length && length > most)
            throw new DataFormatException(path, null, $"the file must have at most {most} bytes, but has {length}");
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format) ?? throw new JsonException("it is null");
        }
        catch (JsonException fault)
        {
            throw new DataFormatException(path, null, $"the file must be JSON as this program writes it: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static Dictionary<string, string> Values(JsonElement record) => record.EnumerateObject()
        .SelectMany(field => field.Value.ValueKind == JsonValueKind.Object
            ? Values(field.Value)
            : (IEnumerable<KeyValuePair<string, string>>)[new(field.Name, $"{field.Value}")])
        .ToDictionary();
}
