using System.Buffers.Binary;
using System.Text;

namespace Ddpm.Tests.Data.TensorBoard;

/// <summary>Reads TensorBoard's event files back, as far as this library writes them; other fields are passed over.</summary>
internal static class EventReader
{
    /// <summary>The largest record that is read: a picture of a hundred million pixels, not compressed.</summary>
    internal const int LargestRecord = 1 << 29;

    /// <summary>The events, one at a time. A last record that is cut off, as a killed run leaves it, is passed over.</summary>
    /// <param name="path">The file, which may be written meanwhile.</param>
    /// <exception cref="DataFormatException">A checksum does not agree, or a record is no event.</exception>
    internal static IEnumerable<LoggedEvent> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var head = new byte[RecordFrame.HeadBytes];
        for (var start = 0L; file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; start = file.Position)
        {
            Check(path, start, head.AsSpan(0, sizeof(ulong)), head.AsSpan(sizeof(ulong)), "length");
            var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (length > LargestRecord)
                throw new DataFormatException(path, start, $"a record must have at most {LargestRecord} bytes, but has {length}");
            if ((long)length + RecordFrame.TailBytes > file.Length - file.Position)
                yield break;
            var content = new byte[(int)length + RecordFrame.TailBytes];
            file.ReadExactly(content);
            Check(path, start, content.AsSpan(0, (int)length), content.AsSpan((int)length), "content");
            yield return Parse(content.AsSpan(0, (int)length), rule => new DataFormatException(path, start, rule));
        }
    }

    private static void Check(string path, long start, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored, string what)
    {
        var (expected, found) = (BinaryPrimitives.ReadUInt32LittleEndian(stored), RecordFrame.Masked(bytes));
        if (expected != found)
            throw new DataFormatException(
                path, start, $"the {what} of the record from here on must have checksum {expected:X8}, but has {found:X8}: the file is damaged");
    }

    private static LoggedEvent Parse(ReadOnlySpan<byte> message, Func<string, Exception> refuse)
    {
        var (time, step, starts, values) = (0.0, 0L, false, new List<LoggedValue>());
        string? version = null;
        for (var reader = new ProtobufReader(message, refuse); reader.Next();)
            switch (reader.Field)
            {
                case EventBytes.WallTime:
                    time = BitConverter.UInt64BitsToDouble(reader.Number);
                    break;
                case EventBytes.Step:
                    step = (long)reader.Number;
                    break;
                case EventBytes.FileVersion:
                    version = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case EventBytes.Session:
                    for (var session = new ProtobufReader(reader.Bytes, refuse); session.Next();)
                        starts |= session is { Field: EventBytes.Status, Number: EventBytes.Start };
                    break;
                case EventBytes.Summary:
                    for (var summary = new ProtobufReader(reader.Bytes, refuse); summary.Next();)
                        if (summary.Field == EventBytes.Value)
                            values.Add(Value(summary.Bytes, refuse));
                    break;
            }
        return new(time, step, version, starts, values);
    }

    private static LoggedValue Value(ReadOnlySpan<byte> message, Func<string, Exception> refuse)
    {
        var value = new LoggedValue("", null, default, null);
        for (var reader = new ProtobufReader(message, refuse); reader.Next();)
            value = reader.Field switch
            {
                EventBytes.Tag => value with { Tag = Encoding.UTF8.GetString(reader.Bytes) },
                EventBytes.SimpleValue => value with { Number = BitConverter.UInt32BitsToSingle((uint)reader.Number) },
                EventBytes.Image => Image(value, reader.Bytes, refuse),
                _ => value,
            };
        return value;
    }

    private static LoggedValue Image(LoggedValue value, ReadOnlySpan<byte> message, Func<string, Exception> refuse)
    {
        for (var reader = new ProtobufReader(message, refuse); reader.Next();)
            value = reader.Field switch
            {
                EventBytes.Height => value with { Shape = value.Shape with { H = (long)reader.Number } },
                EventBytes.Width => value with { Shape = value.Shape with { W = (long)reader.Number } },
                EventBytes.Colorspace => value with { Shape = value.Shape with { C = (long)reader.Number } },
                EventBytes.Encoded => value with { Png = reader.Bytes.ToArray() },
                _ => value,
            };
        return value;
    }
}
