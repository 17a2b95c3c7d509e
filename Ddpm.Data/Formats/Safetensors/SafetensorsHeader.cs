using System.Text.Json;
using System.Text.Unicode;

namespace Ddpm.Formats;

/// <summary>The JSON at the start of a safetensors file, checked strictly: what one reader takes otherwise than another is refused.</summary>
internal sealed class SafetensorsHeader
{
    internal const int Start = 8, MaxBytes = 100_000_000, MaxText = 16 << 20, MaxEntries = 100_000, MaxDimensions = 64;
    internal const string MetadataName = "__metadata__";

    private readonly string file;
    private readonly long dataStart;
    private readonly List<TensorEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private long textBytes;

    /// <summary>Reads the header and checks it against the length of the file.</summary>
    internal SafetensorsHeader(string file, ReadOnlySpan<byte> json, long fileLength)
    {
        (this.file, dataStart) = (file, Start + json.Length);
        if (json[0] != '{')
            throw Refuse(0, $"the header must start with {{, but starts with byte {json[0]}");
        if (!Utf8.IsValid(json))
            throw Refuse(0, "the header must be UTF-8");
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 3 });
        try
        {
            ReadTop(ref reader);
        }
        catch (JsonException error)
        {
            throw Refuse(reader.BytesConsumed, "the header must be strict JSON of depth 3: " + error.Message.TrimEnd('.'), error);
        }
        catch (InvalidOperationException error)    // What the reader throws for text that it is asked to unescape or to compare.
        {
            throw Refuse(reader.TokenStartIndex, "text may not hold half a surrogate pair", error);
        }
        var end = (int)reader.BytesConsumed;
        if (json[end..].ContainsAnyExcept((byte)' '))
            throw Refuse(end, "only spaces may follow the header's object");
        entries.Sort((a, b) => (a.Offset, a.Length).CompareTo((b.Offset, b.Length)));
        CheckLayout(fileLength);
    }

    /// <summary>In the order in which their values lie in the file.</summary>
    internal IReadOnlyList<TensorEntry> Entries => entries;

    internal IReadOnlyDictionary<string, string> Metadata => metadata;

    private void ReadTop(ref Utf8JsonReader reader)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (NextName(ref reader, names) is { } name)
        {
            if (name == MetadataName)
                ReadMetadata(ref reader);
            else if (entries.Count == MaxEntries)
                throw Refuse(reader.TokenStartIndex, $"there may be at most {MaxEntries} tensors");
            else
                entries.Add(ReadEntry(ref reader, name));
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__ must be an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (NextName(ref reader, names) is { } name)
        {
            if (names.Count > MaxEntries)
                throw Refuse(reader.TokenStartIndex, $"there may be at most {MaxEntries} entries of metadata");
            Expect(ref reader, JsonTokenType.String, "metadata must be text");
            metadata.Add(name, Text(ref reader));
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor {Quote.Of(name)} must be an object");
        var at = reader.TokenStartIndex;
        SafetensorsType? type = null;
        long[]? shape = null, range = null;
        // Each of the three once: by counting, not by a set of names, as there may be 100,000 such objects.
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            if (type is null && reader.ValueTextEquals("dtype"u8))
                type = ReadType(ref reader, name);
            else if (shape is null && reader.ValueTextEquals("shape"u8))
                shape = ReadNumbers(ref reader, MaxDimensions);
            else if (range is null && reader.ValueTextEquals("data_offsets"u8))
                range = ReadNumbers(ref reader, 2);
            else
                throw Refuse(reader.TokenStartIndex, $"tensor {Quote.Of(name)} may not have {Quote.Of(Text(ref reader))}, or not twice");
        if (type is null || shape is null || range is not [var begin, var end] || end < begin)
            throw Refuse(at, $"tensor {Quote.Of(name)} must have a dtype, a shape and two rising data_offsets");
        if (Extents.Product(shape.Append(type.Size)) is not { } bytes || bytes != end - begin)
            throw Refuse(at, $"tensor {Quote.Of(name)} of {type.Code} [{string.Join(", ", shape)}] does not fill its {end - begin} bytes exactly");
        // Nothing can lie beyond the file, and the sum below must not overflow.
        if (begin > long.MaxValue - dataStart)
            throw Refuse(at, $"tensor {Quote.Of(name)} begins at {begin}, beyond the end of the file");
        return new TensorEntry(name, type.Code, type.Scalar, shape.AsReadOnly(), dataStart + begin, bytes);
    }

    private SafetensorsType ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, "a dtype must be text");
        foreach (var type in SafetensorsType.All)
            if (reader.ValueTextEquals(type.Code))
                return type;
        throw Refuse(reader.TokenStartIndex, $"tensor {Quote.Of(name)} is of dtype {Quote.Of(Text(ref reader))}, which is not supported");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a shape and data_offsets must be arrays");
        Span<long> numbers = stackalloc long[most];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == most)
                throw Refuse(reader.TokenStartIndex, $"there may be at most {most} numbers here");
            if (reader.TokenType != JsonTokenType.Number
                || reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || !reader.TryGetInt64(out numbers[count++]))
                throw Refuse(reader.TokenStartIndex, "a number must be plain digits and fit 63 bits");
        }
        return numbers[..count].ToArray();
    }

    private void CheckLayout(long fileLength)
    {
        var next = dataStart;
        foreach (var entry in entries)
        {
            if (entry.Offset != next || entry.Length > fileLength - next)
                throw new DataFormatException(
                    file,
                    next,
                    $"tensor {Quote.Of(entry.Name)} must begin here and end by byte {fileLength}, but takes {entry.Length} from {entry.Offset}");
            next += entry.Length;
        }
        if (next != fileLength)
            throw new DataFormatException(file, next, $"the last tensor must end where the file does, at byte {fileLength}");
    }

    // The next key of an object, or null at its end.
    private string? NextName(ref Utf8JsonReader reader, HashSet<string> seen)
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject)
            return null;
        var name = Text(ref reader);
        return seen.Add(name) ? name : throw Refuse(reader.TokenStartIndex, $"{Quote.Of(name)} may occur only once");
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string rule)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw Refuse(reader.TokenStartIndex, rule);
    }

    private string Text(ref Utf8JsonReader reader)
    {
        textBytes += reader.ValueSpan.Length;
        if (textBytes > MaxText)
            throw Refuse(reader.TokenStartIndex, $"names and metadata may take at most {MaxText} bytes");
        return reader.GetString()!;
    }

    private DataFormatException Refuse(long at, string rule, Exception? inner = null) => new(file, Start + at, rule, inner);
}
