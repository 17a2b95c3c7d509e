using System.IO.Compression;
using Ddpm.Tests.Data.Idx;
using Ddpm.Tests.Data.Numpy;

namespace Ddpm.Tests.Data;

/// <summary>
/// Files damaged at random, with fixed seeds: whatever comes of it, tensors that can be read are read, and nothing but the one exception comes out.
/// In a zip file the checksums catch nearly all, so there the pickle is damaged as well before the file is put together.
/// </summary>
public class DamagedFilesTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Files() => new[]
    {
        Case("zip", "files/tensors.pth"),
        Case("zip, in its pickle", "files/tensors.pth", bytes => Records(bytes)[0].Bytes, PickleOf),
        Case("zip with foreign objects, in its pickle", "cases/checkpoints/many-objects.pth", bytes => Records(bytes)[0].Bytes, PickleOf),
        Case("legacy", "files/tensors-legacy.pth"),
        Case("safetensors", "files/all-types.safetensors"),
        Case("mat", "files/v5.mat", read: path => MatFile.Read(path)),
        Case("compressed mat", "files/v5-compressed.mat", read: path => MatFile.Read(path)),
        Case("npy", "files/u8.npy", read: NpzHostileTests.ReadAll),
        Case("npy, columns first", "files/f64_fortran.npy", read: NpzHostileTests.ReadAll),
        Case("npz", "files/arrays.npz", read: NpzHostileTests.ReadAll),
        Case("compressed npz", "files/arrays-compressed.npz", read: NpzHostileTests.ReadAll),
        Case("compressed npz, in an array", "files/f32.npy",
            whole: _ => array => ZipBytes.File([NpyBytes.Deflated("a.npy", array)]), read: NpzHostileTests.ReadAll),
        Case("IDX", "files/images-idx3-ubyte", read: path => new IdxReader(path).Read()),
        Case("zip of images", "cases/datasets/zip/python.zip", read: path => new ImageZipReader(path, new(1, 4, 4)).Read()),
        Case("IDX in gzip", "files/images-idx3-ubyte.gz", read: path => new IdxReader(path).Read()),
        Case("IDX in gzip, inside", "files/images-idx3-ubyte", whole: _ => IdxReaderTests.Gzip, read: path => new IdxReader(path).Read()),
    }.SelectMany(cases => cases);

    // What to damage of a file, and how it becomes a file again.
    private static IEnumerable<TestCaseData> Case(
        string name, string file, Func<byte[], byte[]>? part = null, Func<byte[], Func<byte[], byte[]>>? whole = null, Action<string>? read = null) =>
        Recordings.Cases(file, () =>
        {
            var bytes = File.ReadAllBytes(Recordings.At(file));
            return [[part?.Invoke(bytes) ?? bytes, whole?.Invoke(bytes) ?? (damaged => damaged), read ?? Hostile.ReadAll]];
        }, arguments: 3).Select(each => each.SetArgDisplayNames(name));

    private static Func<byte[], byte[]> PickleOf(byte[] file)
    {
        var records = Records(file);
        return pickle => ZipBytes.File(records.Skip(1).Prepend(records[0] with { Bytes = pickle }));
    }

    [TestCaseSource(nameof(Files))]
    public void ReadAll_OfDamagedFiles_SucceedsOrIsRefused(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read) =>
        ReadDamaged(damaged, whole, read, 1_000, seed: 1);

    [TestCaseSource(nameof(Files)), Category("Slow")]
    public void ReadAll_Of100000DamagedFiles_SucceedsOrIsRefused(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read) =>
        ReadDamaged(damaged, whole, read, 100_000, seed: 2);

    [TestCase("npy", "files/u8.npy")]
    [TestCase("npy", "files/scalar.npy")]
    [TestCase("npz", "files/arrays.npz")]
    [TestCase("npz", "files/arrays-compressed.npz")]
    [TestCase("idx", "files/images-idx3-ubyte")]
    [TestCase("idx", "files/images-idx3-ubyte.gz")]
    [TestCase("zip", "cases/datasets/zip/python.zip")]
    [TestCase("idx", "cases/datasets/mnist-two.gz/train-images-idx3-ubyte.gz")]
    public void Read_OfEveryTruncation_IsRefused(string kind, string file)
    {
        var bytes = File.ReadAllBytes(Recordings.At(file));
        Action<string> read = kind switch
        {
            "idx" => path => new IdxReader(path).Read(),
            "zip" => path => new ImageZipReader(path, new(1, 4, 4)).Read(),
            _ => NpzHostileTests.ReadAll,
        };
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = folder.File("cut", bytes.AsSpan(0, length));
            Assert.That(() => read(path), Throws.TypeOf<DataFormatException>(), $"cut to {length} of {bytes.Length} bytes");
        }
        read(folder.File("cut", bytes));
    }

    private void ReadDamaged(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read, int count, int seed)
    {
        var (sound, refused) = Hostile.ReadDamaged(folder.File("damaged"), damaged, whole, read, count, seed);
        Assert.That(sound, Is.GreaterThan(count / 100));
        Assert.That(refused, Is.GreaterThan(count / 4));
    }

    // As another reader sees them; the pickle first.
    private static List<ZipBytes> Records(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        return [.. zip.Entries
            .OrderByDescending(entry => entry.Name == "data.pkl")
            .Select(entry => new ZipBytes(entry.FullName, Bytes(entry)))];
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
