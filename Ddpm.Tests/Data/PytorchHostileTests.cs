using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using static Ddpm.Tests.Data.PickleBytes;
using static Ddpm.Tests.Data.PytorchBytes;
using static Ddpm.Tests.Data.ZipBytes;

namespace Ddpm.Tests.Data;

/// <summary>Broken and hostile containers of PyTorch's: what is inside is sound.</summary>
public class PytorchHostileTests
{
    private static readonly ZipBytes Extra = new("a/extra", [1, 2, 3]);
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Zips()
    {
        static TestCaseData Case(string name, string rule, byte[] file) => new TestCaseData(file, rule).SetArgDisplayNames(name);
        static TestCaseData Changed(string name, string rule, Func<ZipBytes, ZipBytes> change) => Case(name, rule, ZipWith("a/data/0", change));
        static TestCaseData Named(string name) =>
            Case($"name {name}", "may not be the name", ZipBytes.File(Records().Append(Extra with { Name = name })));
        static TestCaseData End(string name, string rule, Func<uint[], uint[]> end, bool zip64) =>
            Case($"{name}, {(zip64 ? "zip64" : "plain")}", rule, ZipBytes.File(Records(), end, zip64: zip64));
        var sound = Zip(Weights());

        foreach (var zip64 in new[] { false, true })
        {
            yield return End("one record less said", "bytes more", said => [said[0] - 1, said[1], said[2]], zip64);
            yield return End("one record more said", "needed", said => [said[0] + 1, said[1], said[2]], zip64);
            yield return End("no records said", "1 to 100000", said => [0, said[1], said[2]], zip64);
            yield return End("directory longer than said", "must end here", said => [said[0], said[1] - 1, said[2]], zip64);
            yield return End("directory said to start at 0", "must end here", said => [said[0], said[1], 0], zip64);
        }
        yield return End("100,001 records said", "1 to 100000", said => [100_001, said[1], said[2]], zip64: true);
        yield return Case("byte after the end", "cut short", [.. sound, 0]);
        yield return Case("byte before the start", "must begin where the file does", ZipBytes.File(Records(), before: "PK\x03\x04"u8.ToArray()));
        yield return Case("end of another directory", "must end here", [.. sound, .. sound[^22..]]);
        yield return Case("encrypted", "flags", ZipWith("a/data/0", record => record with { Flags = 0x0809 }));
        yield return Changed("strong encryption", "flags", record => record with { Flags = 0x0848 });
        yield return Changed("masked headers", "flags", record => record with { Flags = 0x2808 });
        yield return Changed("deflated", "must be stored", record => record with { Method = 8 });
        yield return Changed("two sizes", "must be stored", record => record with { Size = 17 });
        yield return Changed("bomb", "must be stored", record => record with { Method = 8, Size = uint.MaxValue - 1 });
        yield return Changed("size beyond the file", "must lie in this file", record => record with { Size = 1 << 30, StoredSize = 1 << 30 });
        yield return Changed("size into the directory", "must end before", record => record with { Name = "a/data/1", Size = 300, StoredSize = 300 });
        yield return Changed("size without its 64 bits", "zip64", record => record with { Size = uint.MaxValue, StoredSize = uint.MaxValue });
        yield return Changed("half a zip64 size", "zip64", record => record with
        {
            Size = uint.MaxValue, StoredSize = uint.MaxValue, CentralExtra = [.. U16(1, 8), .. U64(16)],
        });
        yield return Changed("zip64 size of 2^63", "must lie", record => record with
        {
            Size = uint.MaxValue, StoredSize = uint.MaxValue, CentralExtra = [.. U16(1, 16), .. U64(1UL << 63, 1UL << 63)],
        });
        yield return Changed("on another disk", "must lie in this file", record => record with { Disk = 1 });
        yield return Changed("header beyond the file", "must lie in this file", record => record with { HeaderOffset = 1 << 30 });
        yield return Changed("header elsewhere", "in its own header", record => record with { HeaderOffset = 1 });
        yield return Changed("header of another record", "in its own header", record => record with { HeaderOffset = 0 });
        yield return Changed("another name in the header", "in its own header", record => record with { LocalName = "a/data/1" });
        yield return Changed("other flags in the header", "in its own header", record => record with { LocalFlags = 0x0800 });
        yield return Changed(
            "other size in the header", "sizes of the directory", record => record with { Flags = 0x0800, Local = [Checksum(new byte[16]), 15, 15] });
        yield return Changed("other checksum in the header", "checksum", record => record with { Flags = 0x0800, Local = [1, 16, 16] });
        yield return Changed("checksum of values", "damaged", record => record with { Crc = 1 });
        yield return Case("checksum of the pickle", "damaged", ZipWith("a/data.pkl", record => record with { Crc = 0 }));
        yield return Case("checksum of the version", "damaged", ZipWith("a/version", record => record with { Crc = 0 }));
        yield return Case("one record twice", "only once", ZipBytes.File(Records().Append(Records()[0])));
        yield return Case("two records in the same bytes", "where the one before it ends", Overlapping());
        foreach (var name in new[] { "a/../b", "../a", "/a", "a//b", "a/./b", "a\\b", "C:a", "a/\u0001", "a/", "" })
            yield return Named(name);
        yield return Case("two folders", "in one folder", ZipBytes.File(Records().Append(Extra with { Name = "b/extra" })));
        yield return Case("no folder", "in one folder", ZipBytes.File(Records().Select(record => record with { Name = record.Name[2..] })));
        yield return Case("no pickle", "data.pkl", ZipBytes.File(Records().Skip(1)));
        yield return Case("no version", "version", ZipBytes.File(Records().SkipLast(1)));
        foreach (var version in new[] { "0", "11", "", "three", "-3", " 3", "99999999999" })
            yield return Case(
                $"version \"{version}\"", "version", ZipWith("a/version", record => record with { Bytes = Encoding.ASCII.GetBytes(version) }));
        yield return Case("version of 17 bytes", "at most 16", ZipWith("a/version", record => record with { Bytes = new byte[17] }));
        yield return Case("byte order", "little or big", ZipWith("a/byteorder", record => record with { Bytes = "middle"u8.ToArray() }));
        yield return Case("bytes after the pickle", "must fill its record", Zip([.. Weights(), 0]));
        yield return Case("values missing", "must be there", ZipBytes.File(Records().Where(record => record.Name != "a/data/0")));
        yield return Case("values too short", "16 bytes", Zip(Weights(), new byte[15]));
        yield return Case("values too long", "16 bytes", Zip(Weights(), new byte[17]));
        yield return Case("deflated by a zip program", "flags", Deflated(CompressionLevel.SmallestSize));
        yield return Case("stored by a zip program, in the wrong folder", "in one folder", Deflated(CompressionLevel.NoCompression));
    }

    private static IEnumerable<TestCaseData> Others()
    {
        static TestCaseData Case(string name, string rule, byte[] file) => new TestCaseData(file, rule).SetArgDisplayNames(name);
        byte[] four = [.. BitConverter.GetBytes(4L), .. new byte[16]];
        yield return Case("no mark", "mark", Legacy(mark: Int(1)));
        yield return Case("version 1002", "1001", Legacy(version: 1002));
        yield return Case("no storages listed", "must name each", Legacy(keys: Program(EmptyList), data: []));
        yield return Case("keys in a tuple", "must name each", Legacy(keys: Program(Tuple(Text("0")))));
        yield return Case("key of a number", "must be one", Legacy(keys: Program(List(Int(0)))));
        yield return Case("key that nothing speaks of", "must be one", Legacy(keys: Program(List(Text("1")))));
        yield return Case("key too many", "must name each", Legacy(keys: Program(List(Text("0"), Text("1"))), data: [.. four, .. four]));
        var two = Program(List(Tensor(0, [4], [1], Storage(key: "0", legacy: true)), Tensor(0, [4], [1], Storage(key: "1", legacy: true))));
        yield return Case("key twice", "once", Legacy(two, Program(List(Text("0"), Text("0"))), [.. four, .. four]));
        yield return Case("count of another size", "4 values", Legacy(data: [.. BitConverter.GetBytes(5L), .. new byte[20]]));
        yield return Case("negative count", "4 values", Legacy(data: [.. BitConverter.GetBytes(-4L), .. new byte[16]]));
        yield return Case("no count", "needed", Legacy(data: []));
        yield return Case("values cut", "needed", Legacy(data: four[..^1]));
        yield return Case("values left over", "must end here", Legacy(data: [.. four, 0]));
        yield return Case("2^60 values said", "needed", Legacy(
            Program(Tensor(0, [4], [1], Storage(count: 1L << 60, legacy: true))), data: BitConverter.GetBytes(1L << 60)));
        yield return Case("storage of a zip file", "identifier", Legacy(Weights(legacy: false)));
        yield return Case("a pickle of its own", "mark", Program(Dict(Text("w"), Int(1))));
        yield return Case("tar", "neither", Tar());
        yield return Case("gzip", "neither", [0x1F, 0x8B, .. new byte[20]]);
        yield return Case("pickle of protocol 4", "neither", [0x80, 4, .. new byte[20]]);
        yield return Case("text", "neither", "import os; os.system('true')"u8.ToArray());
        yield return Case("nothing", "neither", []);
        yield return Case("one byte", "neither", [0x80]);
    }

    [TestCaseSource(nameof(Zips))]
    [TestCaseSource(nameof(Others))]
    public void ReadAll_OfABrokenFile_IsRefused(byte[] bytes, string rule) =>
        Assert.That(Hostile.ExpectRefused(folder.File("broken.pth", bytes), Hostile.ReadAll).Rule, Does.Contain(rule));

    // Too large to be kept while other tests run.
    private static IEnumerable<TestCaseData> Large()
    {
        static TestCaseData Case(string name, string rule, Func<byte[]> file) => new TestCaseData(file, rule).SetArgDisplayNames(name);
        yield return Case("pickle of 64 MB and a byte", "at most 67108864", () => Zip(new byte[(64 << 20) + 1]));
        yield return Case("80 MB of text", "67108864 bytes", () => Legacy(Program(Repeat(5, Text(new string('x', 16 << 20))))));
        yield return Case("100,001 records", "1 to 100000", () => ZipBytes.File(Many(100_001), zip64: true));
        yield return Case("100,000 records", "version", () => ZipBytes.File(Many(100_000), zip64: true));
    }

    [TestCaseSource(nameof(Large))]
    public void ReadAll_OfALargeBrokenFile_IsRefused(Func<byte[]> bytes, string rule) => ReadAll_OfABrokenFile_IsRefused(bytes(), rule);

    private static IEnumerable<TestCaseData> Sound()
    {
        static TestCaseData Case(string name, byte[] file) => new TestCaseData(file).SetArgDisplayNames(name);
        yield return Case("plain", ZipBytes.File(Records()));
        yield return Case("zip64", ZipBytes.File(Records(), zip64: true));
        yield return Case("comment", ZipBytes.File(Records(), comment: "a comment with PK\x05\x06 in it, and more than 22 bytes"));
        yield return Case("more records than are read", ZipBytes.File(Records().Append(Extra)));
        yield return Case("no byte order", ZipBytes.File(Records().Where(record => record.Name != "a/byteorder")));
        yield return Case(
            "sizes in the header", ZipWith("a/data/0", record => record with { Flags = 0x0800, Local = [Checksum(new byte[16]), 16, 16] }));
        yield return Case("zip64 sizes in both", ZipWith("a/data/0", record => record with
        {
            Flags = 0x0800,
            Size = uint.MaxValue, StoredSize = uint.MaxValue, CentralExtra = [.. U16(0x4246, 2), 90, 90, .. U16(1, 16), .. U64(16, 16)],
            Local = [Checksum(new byte[16]), uint.MaxValue, uint.MaxValue], LocalExtra = [.. U16(1, 16), .. U64(16, 16)],
        }));
        yield return Case("aligned", ZipWith("a/data/0", record => record with { LocalExtra = [.. U16(0x4246, 3), 90, 90, 90] }));
        yield return Case("legacy", Legacy());
    }

    [TestCaseSource(nameof(Sound))]
    public void ReadAll_OfASoundFile_GivesItsValues(byte[] bytes)
    {
        using var file = PytorchFile.Open(folder.File("sound.pth", bytes));
        using var tensor = file.Dictionaries.Single().Read("w");
        Assert.That(tensor.data<float>().ToArray(), Is.EqualTo(new float[4]));
    }

    [Test]
    public void Read_OfDamagedValues_IsRefusedEachTimeAndOnlyThem()
    {
        var pickle = Program(List(
            Tensor(1, [2], [1]), Tensor(0, [4], [1]), Tensor(0, [2], [2]), Tensor(0, [4], [1], Storage(key: "1"))));
        var records = Records(pickle).Append(new ZipBytes("a/data/1", new byte[16])).ToList();
        records[2] = records[2] with { Crc = 1 };
        using var file = PytorchFile.Open(folder.File("damaged.pth", ZipBytes.File(records)));
        foreach (var name in new[] { "0", "1", "2", "1" })
            Assert.That(() => file.Dictionaries[0].Read(name), Throws.TypeOf<DataFormatException>().With.Message.Contains("damaged"), name);
        Assert.That(() => file.Dictionaries[0].Read("3").Dispose(), Throws.Nothing);
    }

    [TestCase("files/tensors.pth")]
    [TestCase("files/checkpoint.pth")]
    [TestCase("files/tensors-legacy.pth")]
    [TestCase("files/all-types.safetensors")]
    public void ReadAll_OfAFileCutAnywhere_IsRefused(string golden)
    {
        var whole = System.IO.File.ReadAllBytes(Recordings.At(golden));
        for (var length = 0; length < whole.Length; length += 64)
        {
            var path = folder.File("cut.pth", whole.AsSpan(0, length));
            Assert.That(() => Hostile.ReadAll(path), Throws.TypeOf<DataFormatException>(), $"{length} bytes");
        }
    }

    // A mapped file would end the process here.
    [TestCase("seed/model.pth")]
    [TestCase("seed/model-legacy.pth")]
    [TestCase("seed/model.safetensors")]
    public void Read_OfAFileCutWhileItIsOpen_IsRefused(string golden)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Windows lets nobody cut an open file.");
        var path = folder.File("open.pth", System.IO.File.ReadAllBytes(Recordings.At(golden)));
        using var file = TensorFile.Open(path);
        using (var program = System.Diagnostics.Process.Start("truncate", ["-s", "65536", path]))
            program.WaitForExit();
        var last = file.Dictionaries[0].Entries.MaxBy(entry => entry.Offset)!;
        Assert.That(() => file.Dictionaries[0].Read(last.Name), Throws.TypeOf<DataFormatException>().With.Message.Contains("the file ends here"));
    }

    private static IEnumerable<ZipBytes> Many(int count) => Enumerable.Range(0, count).Select(i => new ZipBytes($"a/{i}", []) { Flags = 0x0800 });

    // Both say that their header is the first one's: only the bytes and not the names could tell them apart.
    private static byte[] Overlapping()
    {
        var inner = new ZipBytes("a/inner", [7]);
        var whole = ZipBytes.File([inner]);
        var hidden = whole[..(whole.AsSpan().IndexOf("PK\x01\x02"u8))];
        var records = Records();
        var first = ZipBytes.File(records).AsSpan().IndexOf("PK\x01\x02"u8);
        return ZipBytes.File([.. records, new ZipBytes("a/outer", hidden), inner with { HeaderOffset = (uint)first + 30 + 7 }]);
    }

    private static byte[] Deflated(CompressionLevel level)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var record in Records())
                using (var stream = zip.CreateEntry(record.Name["a/".Length..], level).Open())
                    stream.Write(record.Bytes);
        return file.ToArray();
    }

    private static byte[] Tar()
    {
        using var file = new MemoryStream();
        using (var tar = new TarWriter(file, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "pickle") { DataStream = new MemoryStream(Weights()) });
        return file.ToArray();
    }
}
