using System.IO.Compression;

namespace Ddpm.Tests.Data.Idx;

public class IdxReaderTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Read_OfTheRecordedFiles_IsEqual([Values("", ".gz")] string extension)
    {
        var expected = Recordings.Index("files/idx.json");
        var dataset = new IdxReader(
            Recordings.At("files/images-idx3-ubyte" + extension), Recordings.At("files/labels-idx1-ubyte" + extension)).Read();
        var sizes = expected.GetProperty("shape").Integers();
        var values = expected.GetProperty("images").Integers();
        Assert.That((dataset.Count, dataset.Shape), Is.EqualTo((sizes[0], new ImageShape(1, sizes[1], sizes[2]))));
        Assert.That(dataset.Labels, Is.EqualTo(expected.GetProperty("labels").Integers()));
        var image = new byte[sizes[1] * sizes[2]];
        for (var i = 0; i < sizes[0]; i++)
        {
            dataset.CopyTo(i, image);
            Assert.That(image, Is.EqualTo(values.Skip(i * image.Length).Take(image.Length)));
        }
    }

    // Gzip with two members, the second of the labels' file empty.
    [TestCase("mnist", 5, DatasetSplit.Train)]
    [TestCase("mnist.gz", 5, DatasetSplit.Train)]
    [TestCase("mnist.gz", 3, DatasetSplit.Test)]
    [TestCase("mnist-two.gz", 5, DatasetSplit.Train)]
    public void Read_OfMnist_GivesEveryPixelAndLabel(string name, int count, DatasetSplit split)
    {
        var dataset = new MnistReader(Datasets.At(name), split).Read();
        Datasets.ExpectPixels(dataset, count, new(1, 28, 28));
        Assert.That(dataset.Labels, Is.EqualTo(Enumerable.Range(0, count)));
        Assert.That(dataset.ClassNames, Is.EqualTo(new[] { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }));
    }

    [Test]
    public void Read_WithAMargin_PutsZerosAroundEveryImage()
    {
        var (plain, framed) = (new MnistReader(Datasets.At("mnist")).Read(), new MnistReader(Datasets.At("mnist"), margin: 2).Read());
        Assert.That(framed.Shape, Is.EqualTo(new ImageShape(1, 32, 32)));
        for (var i = 0; i < 5; i++)
        {
            var (inner, outer) = (Picture.Of(plain, i).Pixels.ToArray(), Picture.Of(framed, i).Pixels.ToArray());
            Assert.That(outer, Is.EqualTo(Enumerable.Range(0, 1024).Select(at => (X: at % 32 - 2, Y: at / 32 - 2))
                .Select(at => at is ( >= 0 and < 28, >= 0 and < 28) ? inner[at.Y * 28 + at.X] : 0)));
        }
        Assert.That(
            () => new MnistReader(Datasets.At("mnist"), margin: 15).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("shorter edge"));
        Assert.That(() => new IdxReader("a", margin: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Read_OfMnist_TellsItsProgress() => Datasets.ExpectProgress(progress => new MnistReader(Datasets.At("mnist.gz")).Read(progress));

    [Test]
    public void Read_OfMnist_Cancelled_Throws() => Assert.That(
        () => new MnistReader(Datasets.At("mnist")).Read(cancellationToken: new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Read_OfMnistThatIsMissing_NamesTheFile() => Assert.That(
        () => new MnistReader(Datasets.At("mnist"), DatasetSplit.Test).Read(),
        Throws.TypeOf<FileNotFoundException>().With.Message.Contains("t10k-images-idx3-ubyte"));

    [Test]
    public void Read_OfColours_GivesPlanes()
    {
        var path = folder.File("a", Idx(8, [2, 2, 2, 3], [.. Enumerable.Range(0, 24).Select(i => (byte)i)]));
        var dataset = new IdxReader(path).Read();
        var image = new byte[12];
        dataset.CopyTo(1, image);
        Assert.That(image, Is.EqualTo(new[] { 12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23 }));
        var framed = new byte[3 * 4 * 4];
        new IdxReader(path, margin: 1).Read().CopyTo(1, framed);
        Assert.That(framed, Is.EqualTo(image.Chunk(4).SelectMany(plane => new byte[] {
            0, 0, 0, 0, 0, plane[0], plane[1], 0, 0, plane[2], plane[3], 0, 0, 0, 0, 0 })));
        Assert.That(dataset.Labels, Is.Null);
    }

    [TestCase(0x08, new byte[] { 200 }, 200)]
    [TestCase(0x09, new byte[] { 200 }, -56)]
    [TestCase(0x0B, new byte[] { 0x80, 1 }, -32767)]
    [TestCase(0x0C, new byte[] { 0, 1, 0, 2 }, 65538)]
    [TestCase(0x0D, new byte[] { 0xC0, 0x20, 0, 0 }, -2.5)]
    [TestCase(0x0E, new byte[] { 0x40, 0x04, 0, 0, 0, 0, 0, 0 }, 2.5)]
    public void ReadAll_OfEveryType_IsBigEndian(int type, byte[] bytes, double value)
    {
        using var file = IdxFile.Open(folder.File("a", Idx((byte)type, [1], bytes)));
        Assert.That(file.ReadAll().ToArray<double>(), Is.EqualTo(new[] { value }));
    }

    private static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, string message, byte[] bytes) => new TestCaseData(bytes, message).SetArgDisplayNames(name);
        var whole = Idx(8, [2, 3, 3], new byte[18]);
        var packed = Gzip(whole);
        yield return Case("empty", "ends before", []);
        yield return Case("cut in the sizes", "ends before", whole[..10]);
        yield return Case("cut in the values", "fill", whole[..^1]);
        yield return Case("byte after the values", "fill", [.. whole, 0]);
        yield return Case("type 0A", "type", Idx(10, [1], [1]));
        yield return Case("no axes", "axes", Idx(8, [], [1]));
        yield return Case("nine axes", "axes", Idx(8, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1]));
        yield return Case("sizes that overflow beside 0", "fill", Idx(8, [0, uint.MaxValue, uint.MaxValue, uint.MaxValue], []));
        yield return Case("floats", "UInt8", Idx(13, [1, 1, 1], new byte[4]));
        yield return Case("gzip, cut in its header", "bytes are needed", packed[..5]);
        yield return Case("gzip, cut", "before they are complete", packed[..^9]);
        yield return Case("gzip, its length cut", "checksum", packed[..^1]);
        yield return Case("gzip, its checksum and length cut", "checksum", packed[..^8]);
        yield return Case("gzip, another checksum", "checksum", [.. packed[..^8], (byte)(packed[^8] ^ 1), .. packed[^7..]]);
        yield return Case("gzip, another length", "checksum", [.. packed[..^1], (byte)(packed[^1] ^ 1)]);
        yield return Case("gzip, a byte after it", "another member", [.. packed, 0]);
        yield return Case("gzip, other bytes after it", "another member", [.. packed, .. new byte[20]]);
        yield return Case("gzip of one byte more", "more follow", Gzip([.. whole, 0]));
        yield return Case("gzip of one byte fewer", "end before", Gzip(whole[..^1]));
        yield return Case("gzip, a second one of one byte", "more follow", [.. packed, .. Gzip([0])]);
        yield return Case("gzip that cannot hold what is declared", "decompression", Gzip(Idx(8, [60_000, 28, 28], [])));
        yield return Case("gzip of unknown flags", "flags", [.. packed[..3], 0x80, .. packed[4..]]);
        yield return Case(
            "gzip with an endless name", "bytes are needed", [.. packed[..3], 8, .. packed[4..10], .. Enumerable.Repeat((byte)65, 10_000)]);
        yield return Case("gzip of another method", "two zeros", [.. packed[..2], 7, .. packed[3..]]);
    }

    [TestCaseSource(nameof(Broken))]
    public void Read_OfABrokenFile_IsRefused(byte[] bytes, string message)
    {
        var refusal = Hostile.ExpectRefused(folder.File("broken", bytes), path => new IdxReader(path).Read());
        Assert.That(refusal.Message, Does.Contain(message));
    }

    [Test]
    public void Read_OfABomb_IsRefusedUnlessAllowed()
    {
        var path = folder.File("bomb.gz", Gzip(Idx(8, [100, 1000, 1000], new byte[100_000_000])));
        Hostile.ExpectRefused(path, each => new IdxReader(each).Read());
        Assert.That(new IdxReader(path, maxBytes: 100_000_016).Read().Count, Is.EqualTo(100));
    }

    [Test]
    public void Read_OfManyEmptyMembers_Ends()
    {
        var empty = Gzip([]);
        var whole = Gzip(Idx(8, [1, 1, 1], [7]));
        var path = folder.File("a.gz", [.. Enumerable.Repeat(empty, 1000).SelectMany(each => each), .. whole]);
        Assert.That(new IdxReader(path).Read().Count, Is.EqualTo(1));
        path = folder.File("a.gz", [.. Enumerable.Repeat(empty, 10_001).SelectMany(each => each), .. whole]);
        Assert.That(() => new IdxReader(path).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains("members"));
    }

    private static byte[] Idx(byte type, uint[] sizes, byte[] values) =>
        [0, 0, type, (byte)sizes.Length, .. sizes.SelectMany(size => BitConverter.GetBytes(size).Reverse()), .. values];

    internal static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(bytes);
        // Nothing is written for nothing.
        return packed.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}
