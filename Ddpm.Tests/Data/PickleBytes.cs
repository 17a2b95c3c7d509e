using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ddpm.Tests.Data;

/// <summary>Pieces of pickles of protocol 2, to be put together by hand.</summary>
internal static class PickleBytes
{
    internal static readonly byte[] None = [(byte)'N'], True = [0x88], False = [0x89];
    internal static readonly byte[] Mark = [(byte)'('], EmptyList = [(byte)']'], EmptyDict = [(byte)'}'];
    internal static readonly byte[] Append = [(byte)'a'], Appends = [(byte)'e'], SetItem = [(byte)'s'], Reduce = [(byte)'R'], Build = [(byte)'b'];
    internal static readonly byte[] Pair = [0x86];

    /// <summary>A whole pickle.</summary>
    internal static byte[] Program(params byte[][] pieces) => [0x80, 2, .. Join(pieces), (byte)'.'];

    internal static byte[] Join(params IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(piece => piece)];

    internal static byte[] Repeat(int count, params byte[][] pieces) => Join(Enumerable.Repeat(Join(pieces), count));

    internal static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    internal static byte[] Int(BigInteger value)
    {
        var bytes = value.ToByteArray();
        return [0x8A, (byte)bytes.Length, .. bytes];
    }

    internal static byte[] Float(double value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)'G';
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    internal static byte[] Put(int index) => [(byte)'r', .. BitConverter.GetBytes(index)];

    internal static byte[] Get(int index) => [(byte)'j', .. BitConverter.GetBytes(index)];

    internal static byte[] Global(string module, string name) => Encoding.UTF8.GetBytes($"c{module}\n{name}\n");

    internal static byte[] Tuple(params byte[][] items) => [.. Mark, .. Join(items), (byte)'t'];

    internal static byte[] List(params byte[][] items) => [.. EmptyList, .. Mark, .. Join(items), .. Appends];

    /// <summary>A dict of alternating keys and values.</summary>
    internal static byte[] Dict(params byte[][] keysAndValues) => [.. EmptyDict, .. Mark, .. Join(keysAndValues), (byte)'u'];

    internal static byte[] Call(byte[] function, params byte[][] arguments) => [.. function, .. Tuple(arguments), .. Reduce];

    internal static byte[] OrderedDict(params byte[][] arguments) => Call(Global("collections", "OrderedDict"), arguments);

    internal static byte[] Sizes(params BigInteger[] sizes) => Tuple([.. sizes.Select(Int)]);

    /// <summary>The identifier of a storage, in the older format with a sixth part.</summary>
    internal static byte[] Storage(string type = "FloatStorage", string key = "0", BigInteger? count = null, bool legacy = false) => Join(
        Tuple([
            Text("storage"),
            Global(type == "UntypedStorage" ? "torch.storage" : "torch", type),
            Text(key),
            Text("cpu"),
            Int(count ?? 4),
            .. legacy ? new[] { None } : [],
        ]),
        "Q"u8.ToArray());

    internal static byte[] Tensor(BigInteger offset, BigInteger[] sizes, BigInteger[] strides, byte[]? storage = null, byte[]? hooks = null) => Call(
        Global("torch._utils", "_rebuild_tensor_v2"),
        storage ?? Storage(), Int(offset), Sizes(sizes), Sizes(strides), False, hooks ?? OrderedDict());

    /// <summary>A vector of a type that names itself, on a storage of bytes.</summary>
    internal static byte[] TypedTensor(string type, int count, int bytes, bool legacy = false, params byte[][] notes) => Call(
        Global("torch._utils", "_rebuild_tensor_v3"),
        [
            Storage("UntypedStorage", count: bytes, legacy: legacy),
            Int(0), Sizes(count), Sizes(1), False, OrderedDict(), Global("torch", type), .. notes,
        ]);

    /// <summary>{"w": four float32}, as the smallest model.</summary>
    internal static byte[] Weights(bool legacy = false) => Program(Dict(Text("w"), Tensor(0, [4], [1], Storage(legacy: legacy))));
}
