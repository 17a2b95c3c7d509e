using static Ddpm.Tests.Data.PickleBytes;

namespace Ddpm.Tests.Data;

/// <summary>Whole files of PyTorch's, made by hand.</summary>
internal static class PytorchBytes
{
    /// <summary>The records of a small model, each of which a test may change.</summary>
    internal static List<ZipBytes> Records(byte[]? pickle = null, byte[]? storage = null) =>
    [
        new("a/data.pkl", pickle ?? Weights()),
        new("a/byteorder", "little"u8.ToArray()),
        new("a/data/0", storage ?? new byte[16]),
        new("a/version", "3\n"u8.ToArray()),
    ];

    internal static byte[] Zip(byte[] pickle, byte[]? storage = null) => ZipBytes.File(Records(pickle, storage));

    /// <summary>A model with one record changed.</summary>
    internal static byte[] ZipWith(string name, Func<ZipBytes, ZipBytes> change) =>
        ZipBytes.File(Records().Select(record => record.Name == name ? change(record) : record));

    /// <summary>The older format, with the one storage or none, as the pickle speaks of one or not.</summary>
    internal static byte[] LegacyOf(byte[] pickle) =>
        pickle.AsSpan().IndexOf(Text("storage")) < 0 ? Legacy(pickle, Program(EmptyList), [])
        : Legacy(pickle, data: [.. BitConverter.GetBytes(pickle.AsSpan().IndexOf("Untyped"u8) < 0 ? 4L : 16L), .. new byte[16]]);

    /// <summary>The older format: <paramref name="keys"/> is the fifth pickle, <paramref name="data"/> what follows it.</summary>
    internal static byte[] Legacy(byte[]? pickle = null, byte[]? keys = null, byte[]? data = null, byte[]? mark = null, int version = 1001) => Join(
        Program(mark ?? Int(new System.Numerics.BigInteger([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]))),
        Program(Int(version)),
        Program(Dict(Text("little_endian"), True)),
        pickle ?? Weights(legacy: true),
        keys ?? Program(List(Text("0"))),
        data ?? [.. BitConverter.GetBytes(4L), .. new byte[16]]);
}
