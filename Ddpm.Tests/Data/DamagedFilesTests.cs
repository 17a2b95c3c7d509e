using System.IO.Compression;

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

    private static IEnumerable<TestCaseData> Files()
    {
        static TestCaseData Case(string name, byte[] damaged, Func<byte[], byte[]>? whole = null, Action<string>? read = null) =>
            new TestCaseData(damaged, whole ?? (bytes => bytes), read ?? Hostile.ReadAll).SetArgDisplayNames(name);
        var zip = Golden("files/tensors.pth");
        var records = Records(zip);
        yield return Case("zip", zip);
        yield return Case(
            "zip, in its pickle", records[0].Bytes, pickle => ZipBytes.File(records.Skip(1).Prepend(records[0] with { Bytes = pickle })));
        var foreign = Records(Golden("cases/checkpoints/many-objects.pth"));
        yield return Case("zip with foreign objects, in its pickle", foreign[0].Bytes,
            pickle => ZipBytes.File(foreign.Skip(1).Prepend(foreign[0] with { Bytes = pickle })));
        yield return Case("legacy", Golden("files/tensors-legacy.pth"));
        yield return Case("safetensors", Golden("files/all-types.safetensors"));
        yield return Case("mat", Golden("files/v5.mat"), read: path => MatFile.Read(path));
        yield return Case("compressed mat", Golden("files/v5-compressed.mat"), read: path => MatFile.Read(path));
    }

    [TestCaseSource(nameof(Files))]
    public void ReadAll_OfDamagedFiles_SucceedsOrIsRefused(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read) =>
        ReadDamaged(damaged, whole, read, 2_000, seed: 1);

    [TestCaseSource(nameof(Files)), Category("Slow")]
    public void ReadAll_Of100000DamagedFiles_SucceedsOrIsRefused(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read) =>
        ReadDamaged(damaged, whole, read, 100_000, seed: 2);

    private void ReadDamaged(byte[] damaged, Func<byte[], byte[]> whole, Action<string> read, int count, int seed)
    {
        var (sound, refused) = Hostile.ReadDamaged(folder.File("damaged"), damaged, whole, read, count, seed);
        Assert.That(sound, Is.GreaterThan(count / 100));
        Assert.That(refused, Is.GreaterThan(count / 4));
    }

    private static byte[] Golden(string file) => File.ReadAllBytes(Shared.Golden(file));

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
