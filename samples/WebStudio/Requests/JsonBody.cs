using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ddpm.Samples.WebStudio;

/// <summary>Reads a request's body, which stays in memory, into a record; what is wrong with it is said by the name of the field.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Flat = new() { MaxDepth = 4 };

    /// <param name="context">The request.</param>
    /// <param name="type">What it must be.</param>
    /// <param name="mostBytes">Of the body.</param>
    /// <exception cref="RefusedException">It is something else.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int mostBytes)
    {
        if (!context.Request.HasJsonContentType())
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = mostBytes;
        var body = await ReadAsync(context.Request, mostBytes, context.RequestAborted).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new JsonException();
        }
        catch (JsonException fault)
        {
            throw Explain(body, type, fault);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int mostBytes, CancellationToken stop)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(stop).ConfigureAwait(false);
            if (read.Buffer.Length > mostBytes)
                throw new RefusedException(StatusCodes.Status413PayloadTooLarge, $"The body must have at most {mostBytes} bytes.");
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // The serializer's own words are about types of .NET.
    private static RefusedException Explain(ReadOnlyMemory<byte> body, JsonTypeInfo type, JsonException fault)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Flat);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return RefusedException.Of("body", "a JSON object", Quoted.Text(root.GetRawText()));
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in root.EnumerateObject())
            {
                if (!seen.Add(member.Name))
                    return RefusedException.Of("body", "an object with each field once", $"one with several {Quoted.Text(member.Name)}");
                if (type.Properties.FirstOrDefault(each => each.Name == member.Name) is not { } property)
                    return RefusedException.Of(
                        "body", $"of the fields {string.Join(", ", type.Properties.Select(each => each.Name))}", Quoted.Text(member.Name));
                if (!Fits(member.Value, property.PropertyType))
                    return RefusedException.Of(member.Name, RuleOf(property.PropertyType), Quoted.Text(member.Value.GetRawText()));
            }
        }
        catch (JsonException unread)
        {
            fault = unread;
        }
        return RefusedException.Of("body", "JSON", $"not that in line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}");
    }

    private static bool Fits(JsonElement value, Type type) => value.ValueKind == JsonValueKind.Null
        || (type == typeof(string) ? value.ValueKind == JsonValueKind.String
            : type == typeof(byte[]) ? value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _)
            : value.ValueKind == JsonValueKind.Number && (
                type == typeof(int?) ? value.TryGetInt32(out _)
                : type == typeof(ulong?) ? value.TryGetUInt64(out _)
                : value.TryGetDouble(out _)));

    private static string RuleOf(Type type) => type == typeof(string) ? "a text"
        : type == typeof(byte[]) ? "bytes in base64"
        : type == typeof(double?) ? "a number"
        : type == typeof(ulong?) ? "a whole number from 0 on"
        : "a whole number";
}
