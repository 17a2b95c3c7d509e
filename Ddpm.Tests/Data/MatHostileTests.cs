namespace Ddpm.Tests.Data;

public class MatHostileTests
{
    private static readonly MatBytes Mat = new();
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, params byte[][] elements) => new TestCaseData((object)Mat.File(elements)).SetArgDisplayNames(name);
        static TestCaseData Sparse(string name, int[] rows, int[] starts, int stored = 2) =>
            Case(name, Mat.Matrix(
                5, [3, 2], "s", Mat.Element(5, Mat.Numbers(rows)), Mat.Element(5, Mat.Numbers(starts)), Mat.Element(9, new byte[8 * stored])));
        var one = Mat.Small(2, [1]);
        var fine = Mat.Matrix(9, [1, 1], "x", one);

        yield return Case("4 bytes left over", fine, [0, 0, 0, 0]);
        yield return Case("number at the top", Mat.Element(9, new byte[8]));
        yield return Case("unknown type", Mat.Matrix(9, [1, 1], "x", Mat.Element(8, new byte[8])));
        yield return Case("small element of 5", Mat.Matrix(9, [1, 5], "x", Mat.Numbers(0x0005_0002u, 0u)));
        yield return Case("padding missing", Mat.Matrix(9, [1, 1], "x", [.. Mat.Numbers(2u, 1u), 1]));
        yield return Case("element past its parent", Mat.Matrix(9, [1, 16], "x", Mat.Numbers(2u, 16u), new byte[8]), fine);
        yield return Case("bytes after the contents", Mat.Matrix(9, [1, 1], "x", one, one));
        yield return Case("empty at the top", Mat.Element(14, []));
        yield return Case("name twice", fine, fine);
        yield return Case("class 18", Mat.Matrix(18, [1, 1], "x", one));
        yield return Case("one dimension", Mat.Matrix(9, [1], "x", one));
        yield return Case("33 dimensions", Mat.Matrix(9, [.. Enumerable.Repeat(1, 33)], "x", one));
        yield return Case("negative dimensions", Mat.Matrix(9, [-1, -1], "x", one));
        yield return Case("product overflows", Mat.Matrix(9, [1 << 30, 1 << 30, 1 << 30], "x", one));
        yield return Case("product overflows beside 0", Mat.Matrix(9, [0, 1 << 30, 1 << 30, 1 << 30], "x", Mat.Element(2, [])));
        yield return Case("fewer values than declared", Mat.Matrix(9, [1 << 30, 1], "x", one));
        yield return Case("no imaginary part", Mat.MatrixWithFlags(0x0809, [1, 1], "x", one));
        yield return Case("half a double", Mat.Matrix(6, [1, 1], "x", Mat.Element(9, new byte[4])));
        yield return Case("fraction in an integer class", Mat.Matrix(9, [1, 1], "x", Mat.Element(9, Mat.Doubles(1.5))));
        yield return Case("300 in a byte", Mat.Matrix(9, [1, 1], "x", Mat.Small(4, Mat.Numbers<ushort>(300))));
        yield return Case("-1 in an unsigned class", Mat.Matrix(15, [1, 1], "x", Mat.Small(1, [255])));
        yield return Case("2^63 in int64", Mat.Matrix(14, [1, 1], "x", Mat.Element(13, Mat.Numbers(1UL << 63))));
        yield return Case("text of another length", Mat.Matrix(4, [1, 3], "x", Mat.Small(16, "ab"u8.ToArray())));
        yield return Case("bad UTF-8", Mat.Matrix(4, [1, 2], "x", Mat.Small(16, [0xC0, 0x80])));
        yield return Case("bad UTF-32", Mat.Matrix(4, [1, 1], "x", Mat.Small(18, Mat.Numbers(0x110000u))));
        yield return Case("text of doubles", Mat.Matrix(4, [1, 1], "x", Mat.Element(9, Mat.Doubles(65))));
        yield return Case("too many spaces", Mat.Matrix(4, [1, 65_537], "x", Mat.Element(17, [])));
        yield return Case("cells missing", Mat.Matrix(1, [1 << 30, 1], "x", fine));
        yield return Case("2^40 cells", Mat.Matrix(1, [1 << 20, 1 << 20], "x", fine));
        yield return Case("number in a cell", Mat.Matrix(1, [1, 1], "x", Mat.Element(9, Mat.Doubles(1))));
        yield return Case("struct items missing", Mat.Matrix(2, [1 << 20, 1 << 20], "x", Mat.Small(5, Mat.Numbers(1)), Mat.Small(1, [97]), fine));
        yield return Case("field names of length 0", Mat.Matrix(2, [1, 1], "x", Mat.Small(5, Mat.Numbers(0)), Mat.Element(1, [])));
        yield return Case("half a field name", Mat.Matrix(2, [1, 1], "x", Mat.Small(5, Mat.Numbers(2)), Mat.Small(1, [97, 0, 98])));
        yield return Case("4097 fields", Mat.Matrix(2, [1, 0], "x", Mat.Small(5, Mat.Numbers(1)), Mat.Element(1, new byte[4097])));
        yield return Sparse("sparse row beyond", [0, 3], [0, 1, 2]);
        yield return Sparse("sparse row negative", [-1, 0], [0, 1, 2]);
        yield return Sparse("sparse rows not rising", [1, 1], [0, 2, 2]);
        yield return Sparse("sparse starts falling", [0, 1], [0, 2, 1]);
        yield return Sparse("sparse start beyond, then back", [0, 1], [0, int.MaxValue, 2]);
        yield return Sparse("sparse starts not at 0", [0, 1], [1, 1, 2]);
        yield return Sparse("sparse starts missing", [0, 1], [0, 2]);
        yield return Sparse("sparse values missing", [0, 1], [0, 1, 2], stored: 1);
        yield return Sparse("sparse rows missing", [0], [0, 1, 2]);
        yield return Case("sparse columns 2^31", Mat.Matrix(
            5, [1, int.MaxValue], "s", Mat.Element(5, []), Mat.Element(5, Mat.Numbers(0)), Mat.Element(9, [])));
        yield return Case("compressed in compressed", Mat.Compressed(Mat.Compressed(fine)));
        yield return Case("compressed number", Mat.Compressed(Mat.Element(9, new byte[8])));
        yield return Case("compressed in a cell", Mat.Matrix(1, [1, 1], "c", Mat.Compressed(fine)));
        yield return Case("two in one compressed", Mat.Compressed([.. fine, .. Mat.Matrix(9, [1, 1], "y", one)]));
        yield return Case("compressed, cut", Mat.Compressed(fine[..^8]));
        yield return Case("not compressed", Mat.Element(15, new byte[40]));
        yield return Case("compressed with a dictionary", Mat.Element(15, [0x78, 0xBB, 0, 0, 0, 1, .. new byte[26]]));
        yield return Case("compressed nothing", Mat.Element(15, []));
        yield return Case("bytes after the checksum", Mat.Element(15, [.. Mat.Compressed(fine)[8..], 0]));
        yield return Case("checksum of something else", Mat.Element(15, [.. Mat.Compressed(fine)[8..^1], 0x55]));
        yield return Case("1,000 cells deep", Enumerable.Range(0, 1000).Aggregate(fine, (inner, _) => Mat.Matrix(1, [1, 1], "", inner)));
        yield return Case("declared to inflate to 4 GB", Mat.Compressed(Mat.Numbers(14u, uint.MaxValue)));
        yield return Case("200,001 matrices", Mat.Matrix(1, [1, 200_001], "x", [.. Enumerable.Repeat(Mat.Element(14, []), 200_001)]));
    }

    [TestCaseSource(nameof(Broken))]
    public void Read_OfABrokenFile_IsRefused(byte[] bytes) =>
        Assert.That(() => MatFile.Read(folder.File("broken.mat", bytes)), Throws.TypeOf<DataFormatException>());

    [TestCase(124, 0x03, TestName = "Read_OfAnUnknownVersion_IsRefused")]
    [TestCase(126, (byte)'X', TestName = "Read_OfAnUnknownByteOrder_IsRefused")]
    public void Read_OfABrokenHeader(int at, byte value)
    {
        var bytes = Mat.File();
        bytes[at] = value;
        Assert.That(() => MatFile.Read(folder.File("header.mat", bytes)), Throws.TypeOf<DataFormatException>().With.Property("Offset").EqualTo(at));
    }

    [Test]
    public void Read_Of63NestedCells_Succeeds()
    {
        var value = Mat.Matrix(9, [1, 1], "", Mat.Small(2, [1]));
        var nested = Enumerable.Range(0, 63).Aggregate(value, (inner, i) => Mat.Matrix(1, [1, 1], i == 62 ? "c" : "", inner));
        Assert.That(MatFile.Read(folder.File("nested.mat", Mat.File(nested))), Has.Count.EqualTo(1));
    }

    [Test]
    public void Read_OfManyItemsOfNothing_ReturnsAtOnce()
    {
        var path = folder.File("nothing.mat", Mat.File(
            Mat.Matrix(6, [1 << 20, 1 << 20, 0], "x", Mat.Element(9, [])),
            Mat.Matrix(1, [1 << 30, 0], "c")));
        Assert.That(ProcessorTime.Of(() => Assert.That(MatFile.Read(path), Has.Count.EqualTo(2))), Is.LessThan(1));
    }

    // 80 MB of zeros fit 80 KB: more than twice the file and 64 MB, and so refused unless the caller raises the limit.
    [Test]
    public void Read_OfWhatCompressesTooWell_NeedsAHigherLimit()
    {
        const int size = 80 << 20;
        var path = folder.File("bomb.mat", Mat.File(Mat.Compressed(Mat.Matrix(9, [size, 1], "zeros", Mat.Element(2, new byte[size])))));
        Assert.That(() => MatFile.Read(path), Throws.TypeOf<DataFormatException>());
        Assert.That(((MatNumericArray)MatFile.Read(path, maxBytes: 2L * size)["zeros"]).Real.Count, Is.EqualTo(size));
    }

    // Each matrix declares 128 KB of spaces in 56 bytes of the file; together 2 GB.
    [Test]
    public void Read_OfManySpaces_IsRefusedWithoutAllocatingThem()
    {
        var spaces = Mat.Matrix(4, [1, 65_536], "", Mat.Element(17, []));
        var path = folder.File("spaces.mat", Mat.File(Mat.Matrix(1, [1, 16_000], "c", [.. Enumerable.Repeat(spaces, 16_000)])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => MatFile.Read(path), Throws.TypeOf<DataFormatException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100L << 20));
    }

    [TestCase("files/v5.mat")]
    [TestCase("files/v5-compressed.mat")]
    public void Read_OfAFileCutAnywhere_IsRefusedUnlessBetweenVariables(string golden)
    {
        var whole = File.ReadAllBytes(Recordings.At(golden));
        var ends = new HashSet<int> { 128 };
        for (var at = 128; at < whole.Length; ends.Add(at))
            at += 8 + BitConverter.ToInt32(whole, at + 4);
        foreach (var length in Enumerable.Range(0, whole.Length).Where(length => length % 7 == 0 || ends.Contains(length)))
        {
            var path = folder.File("cut.mat", whole.AsSpan(0, length));
            Assert.That(() => MatFile.Read(path), ends.Contains(length) ? Throws.Nothing : Throws.TypeOf<DataFormatException>(), $"{length} bytes");
        }
    }
}
