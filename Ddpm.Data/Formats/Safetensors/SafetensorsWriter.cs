using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>Writes safetensors files: the same tensors always give the same bytes.</summary>
internal static class SafetensorsWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Writes a file. Names are sorted in the header; the values of wider types lie first, so that all are aligned. One tensor at a time is
    /// made contiguous and brought to the CPU. The file appears whole or not at all: on failure an older one stays.
    /// </summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="tensors">Names and tensors of any device and layout in memory; they stay the caller's.</param>
    /// <param name="metadata">Notes to store beside them.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is not text, a type has no counterpart, or a limit is passed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        AtomicFile.Write(path, To(tensors, metadata));
    }

    /// <summary>What writes the tensors into a stream, after everything about them was checked; they must live until it has.</summary>
    /// <inheritdoc cref="Write"/>
    internal static Action<Stream> To(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var items = tensors.Select(pair => Item.Of(pair.Key, pair.Value)).ToList();
        items.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        if (items.Count > SafetensorsHeader.MaxEntries)
            throw new ArgumentException($"There may be {SafetensorsHeader.MaxEntries} tensors, but there are {items.Count}.", nameof(tensors));
        for (var i = 1; i < items.Count; i++)
            if (items[i].Name == items[i - 1].Name)
                throw new ArgumentException($"Names must differ, but \"{items[i].Name}\" occurs twice.", nameof(tensors));

        var inFile = items.OrderByDescending(item => item.Type.Size).ToList();
        var header = Header(items, inFile, metadata);
        return stream =>
        {
            stream.Write(header);
            foreach (var item in inFile)
                WriteValues(stream, item.Tensor);
        };
    }

    private static byte[] Header(List<Item> items, List<Item> inFile, IReadOnlyDictionary<string, string>? metadata)
    {
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        long next = 0;
        foreach (var item in inFile)
        {
            begins.Add(item.Name, next);
            next = checked(next + item.Bytes);
        }
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[SafetensorsHeader.Start]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
                WriteMetadata(json, metadata);
            foreach (var item in items)
                WriteEntry(json, item, begins[item.Name]);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        var header = buffer.ToArray();
        var length = header.Length - SafetensorsHeader.Start;
        if (length > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"Names, shapes and metadata may take at most {SafetensorsHeader.MaxBytes} bytes, but take {length}.");
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(CheckText(key), CheckText(value));
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, Item item, long begin)
    {
        json.WriteStartObject(item.Name);
        json.WriteString("dtype", item.Type.Code);
        json.WriteStartArray("shape");
        foreach (var size in item.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + item.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValues(Stream stream, Tensor tensor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        TensorBytes.Visit(tensor.cpu().contiguous(), (_, bytes) => stream.Write(bytes));
    }

    // A lone surrogate has no UTF-8; a JSON writer would put another character in its place.
    private static string CheckText(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"Names and metadata must be valid text, but \"{text}\" holds half a surrogate pair.", error);
        }
    }

    private sealed record Item(string Name, Tensor Tensor, SafetensorsType Type)
    {
        public long[] Shape { get; } = Tensor.shape;

        public long Bytes { get; } = Tensor.numel() * Type.Size;

        public static Item Of(string name, Tensor tensor)
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(tensor);
            if (name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"No tensor may be named {name}.");
            if (tensor.dim() > SafetensorsHeader.MaxDimensions)
                throw new ArgumentException($"At most {SafetensorsHeader.MaxDimensions} dimensions are allowed, but \"{name}\" has {tensor.dim()}.");
            var type = SafetensorsType.All.FirstOrDefault(type => type.Scalar == tensor.dtype);
            if (type is null || tensor.is_sparse)
                throw new ArgumentException($"\"{name}\" is {(tensor.is_sparse ? "sparse " : "")}{tensor.dtype}, which safetensors cannot hold.");
            return new Item(CheckText(name), tensor, type);
        }
    }
}
