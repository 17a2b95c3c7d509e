namespace Ddpm.Tests.Data.Numpy;

/// <summary>NumPy's compressed files that mean harm; the rules of zip files themselves are tested with PyTorch's.</summary>
public class NpzHostileTests
{
    private static readonly byte[] Array = NpyBytes.Bytes([100], [.. Enumerable.Range(0, 100).Select(i => (byte)(i * i))]);
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Broken()
    {
        var packed = NpyBytes.Deflate(Array);
        yield return ZipBytes.Case("compressed data cut", "exactly", NpyBytes.Deflated("a.npy", Array, packed[..^1]));
        yield return ZipBytes.Case("compressed data cut at a half", "must", NpyBytes.Deflated("a.npy", Array, packed[..(packed.Length / 2)]));
        yield return ZipBytes.Case("byte after the compressed data", "exactly", NpyBytes.Deflated("a.npy", Array, [.. packed, 0]));
        yield return ZipBytes.Case("stream after the compressed data", "exactly", NpyBytes.Deflated("a.npy", Array, [.. packed, .. packed]));
        yield return ZipBytes.Case("one byte more than declared", "exactly", NpyBytes.Deflated("a.npy", Array, NpyBytes.Deflate([.. Array, 0])));
        yield return ZipBytes.Case("one byte fewer than declared", "must", NpyBytes.Deflated("a.npy", Array, packed, (uint)Array.Length + 1));
        yield return ZipBytes.Case("nothing compressed", "decompress", NpyBytes.Deflated("a.npy", Array, [255, 255, 255]));
        yield return ZipBytes.Case("another checksum", "checksum", NpyBytes.Deflated("a.npy", Array, crc: 1));
        yield return ZipBytes.Case("more than deflate can hold", "cannot hold", NpyBytes.Deflated("a.npy", Array, [3, 0], 1032 * 2 + 1025));
        yield return ZipBytes.Case("4 GB declared", "cannot hold", NpyBytes.Deflated("a.npy", Array, packed, uint.MaxValue - 1));
        yield return ZipBytes.Case("method 9", "method 9", NpyBytes.Deflated("a.npy", Array) with { Method = 9 });
        yield return ZipBytes.Case("encrypted", "encrypted", NpyBytes.Deflated("a.npy", Array) with { Flags = 1 });
        yield return ZipBytes.Case("local sizes differ", "checksum and sizes", NpyBytes.Deflated("a.npy", Array) with { Local = [1, 2, 3] });
        yield return ZipBytes.Case("no array", "\"a.txt\"", NpyBytes.Deflated("a.txt", Array));
        yield return ZipBytes.Case("folder", "name", NpyBytes.Deflated("a/", []));
        yield return ZipBytes.Case("name that leads out", "name", NpyBytes.Deflated("../a.npy", Array));
        yield return ZipBytes.Case("stored array of another length", "fill", new ZipBytes("a.npy", [.. Array, 0]));
        yield return ZipBytes.Case("nothing", "8 more bytes", new ZipBytes("a.npy", []));
    }

    [TestCaseSource(nameof(Broken))]
    public void Read_OfABrokenFile_IsRefused(byte[] bytes, string message)
    {
        var refusal = Hostile.ExpectRefused(folder.File("broken.npz", bytes), ReadAll);
        Assert.That(refusal.Message, Does.Contain(message));
    }

    [Test]
    public void Read_OfABomb_IsRefusedBeforeItGrows()
    {
        // 100 MB of zeros in 100 KB.
        var bomb = NpyBytes.Bytes([100_000_000], new byte[100_000_000]);
        var path = folder.File("bomb.npz", ZipBytes.File([NpyBytes.Deflated("a.npy", bomb)]));
        Assert.That(Hostile.ExpectRefused(path, ReadAll).Message, Does.Contain("decompression"));
        using var file = NumpyFile.Open(path, maxBytes: 100_000_128);
        Assert.That(file.Read("a").Bytes.Length, Is.EqualTo(100_000_000));
    }

    [Test]
    public void Read_OfABombInParts_IsRefusedAtThePartThatIsTooMuch()
    {
        var part = NpyBytes.Deflated("a.npy", NpyBytes.Bytes([40_000_000], new byte[40_000_000]));
        var path = folder.File("bomb.npz", ZipBytes.File([part, part with { Name = "b.npy" }]));
        using var file = NumpyFile.Open(path);
        Assert.That(file.Read("a").Bytes.Length, Is.EqualTo(40_000_000));
        Assert.That(() => file.Read("b"), Throws.TypeOf<DataFormatException>().With.Message.Contains("decompression"));
    }

    internal static void ReadAll(string path)
    {
        using var file = NumpyFile.Open(path);
        foreach (var name in file.Names)
            file.Read(name).ToArray<double>();
    }
}
