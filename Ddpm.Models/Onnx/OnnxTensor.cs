using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Onnx;

/// <summary>A TensorProto: weights or constants, whose values follow the head in the file or lie in a file beside it.</summary>
/// <param name="Name">As nodes call it.</param>
/// <param name="Values">float32 or int64, of any device and layout in memory.</param>
/// <param name="Shape">The extents under which the values are seen, row by row.</param>
internal sealed record OnnxTensor(string Name, Tensor Values, long[] Shape)
{
    private const int Extents = 1, Type = 2, NameField = 8, Raw = 9, External = 13, Location = 14;
    private const int IsExternal = 1, Key = 1, Value = 2;

    /// <summary>Bytes of its values.</summary>
    internal long Length => Values.NumberOfElements * Values.ElementSize;

    /// <summary>All but the values, which follow.</summary>
    internal ReadOnlySpan<byte> Head()
    {
        var message = Begin();
        message.Begin(Raw, Length);
        return message.Written;
    }

    /// <summary>The whole, for values in a file beside it.</summary>
    /// <param name="file">The file's name, without a folder.</param>
    /// <param name="offset">The place of the first byte in it.</param>
    internal ReadOnlySpan<byte> Reference(string file, long offset)
    {
        var message = Begin();
        foreach (var (key, value) in new[] { ("location", file), ("offset", Invariant(offset)), ("length", Invariant(Length)) })
            message.Message(External, entry =>
            {
                entry.Text(Key, key);
                entry.Text(Value, value);
            });
        message.Number(Location, IsExternal);
        return message.Written;
    }

    /// <summary>The values, little-endian.</summary>
    internal void WriteValues(Stream stream)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        TensorBytes.Visit(Values.detach().cpu().contiguous(), (_, bytes) => stream.Write(bytes));
    }

    private ProtobufWriter Begin()
    {
        var message = new ProtobufWriter();
        foreach (var extent in Shape)
            message.Number(Extents, extent);
        message.Number(Type, (long)(Values.dtype == ScalarType.Int64 ? OnnxType.Int64 : OnnxType.Float));
        message.Text(NameField, Name);
        return message;
    }

    private static string Invariant(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
