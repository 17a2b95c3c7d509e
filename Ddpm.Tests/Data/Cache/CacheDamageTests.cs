using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Cache;

/// <summary>No damage of the file is read as data: what is damaged is made anew, or refused.</summary>
public class CacheDamageTests
{
    private const int HeaderBytes = 64, MarkBytes = 8;

    private static readonly CountedImages Images = new(5, first: 3, labels: [0, 1, 1, 0, 0], classNames: ["cat", "dog"], embeddingWidth: 1);
    private TemporaryFolder folder = null!;
    private byte[] whole = null!;

    private string Path => folder.File("images.bin");

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        Read(new MadeReader(Images), _ => { });
        whole = File.ReadAllBytes(Path);
    }

    [TearDown] public void TearDown() => folder.Dispose();

    // Every bit of the header; of what follows, a bit of every byte: each case writes a file and flushes it.
    [Test]
    public void Read_WithAnyBitFlipped_MakesTheFileAnewOrRefuses()
    {
        for (var place = 0; place < whole.Length; place++)
            for (var bit = place < HeaderBytes ? 0 : place % 8; bit < (place < HeaderBytes ? 8 : place % 8 + 1); bit++)
            {
                var damaged = whole.ToArray();
                damaged[place] ^= (byte)(1 << bit);
                Expect(damaged, isRefused: place < MarkBytes, $"byte {place}, bit {bit}");
            }
    }

    [Test]
    public void Read_CutShortOrLengthened_MakesTheFileAnewOrRefuses()
    {
        for (var length = 0; length < whole.Length; length++)
            Expect(whole[..length], isRefused: length < MarkBytes, $"{length} bytes");
        Expect([.. whole, 0], isRefused: false, "one more byte");
    }

    // Checksums that are right, of numbers that are not.
    [TestCase(12, 0), TestCase(12, -1), TestCase(16, int.MaxValue), TestCase(24, -1), TestCase(24, int.MaxValue), TestCase(24, 4), TestCase(28, -1)]
    [TestCase(28, int.MaxValue), TestCase(32, -1), TestCase(36, 1), TestCase(36, int.MaxValue), TestCase(8, 2)]
    public void Read_OfAHeaderThatLies_MakesTheFileAnew(int place, int value)
    {
        var damaged = whole.ToArray();
        BitConverter.TryWriteBytes(damaged.AsSpan(place), value);
        BitConverter.TryWriteBytes(damaged.AsSpan(HeaderBytes - 4), System.IO.Hashing.Crc32.HashToUInt32(damaged.AsSpan(0, HeaderBytes - 4)));
        Expect(damaged, isRefused: false, $"{value} at {place}");
    }

    [Test]
    public void CopyTo_OfAnImageDamagedMeanwhile_NamesTheFileAndThePlace()
    {
        Read(new MadeReader(Images), images =>
        {
            using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Position = HeaderBytes + 10 + 3;               // an image and its embedding have ten bytes
                file.WriteByte(99);
            }
            var pixels = new byte[6];
            Assert.That(() => images.CopyTo(0, pixels), Throws.Nothing);
            Assert.That(() => images.CopyTo(1, pixels),
                Throws.TypeOf<DataFormatException>().With.Message.Contains("images.bin").And.Message.Contains($"byte {HeaderBytes + 10}"));
            Assert.That(() => images.CopyTo(2, pixels), Throws.Nothing);
        });
        Expect(File.ReadAllBytes(Path), isRefused: false, "read again");
    }

    private void Expect(byte[] damaged, bool isRefused, string what)
    {
        File.WriteAllBytes(Path, damaged);
        var warnings = new List<string>();
        var inner = new MadeReader(Images);
        if (isRefused)
        {
            Assert.That(() => Read(inner, _ => { }), Throws.TypeOf<DataFormatException>(), what);
            Assert.That(File.ReadAllBytes(Path), Is.EqualTo(damaged), what);
            return;
        }
        Read(inner, images => Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 3, 4, 5, 6, 7 }), what), warnings);
        Assert.That((inner.Readings, warnings.Count), Is.EqualTo((1, 1)), what);
        Assert.That(File.ReadAllBytes(Path), Is.EqualTo(whole), what);
    }

    private void Read(IDatasetReader inner, Action<IImageDataset> look, List<string>? warnings = null)
    {
        var images = new CachedReader(inner, Path) { Warnings = new Direct<string>(sentence => warnings?.Add(sentence)) }.Read();
        using var open = (IDisposable)images;
        look(images);
    }
}
