using System.Buffers.Binary;

namespace Ddpm.Tests.Data.Imaging;

public class PictureHostileTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Load_OfAMissingFile_NamesIt() =>
        Assert.That(() => Picture.Load(folder.File("none.png")), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.png"));

    [TestCase("")]
    [TestCase("not an image")]
    [TestCase("\u0089PNG\r\n\u001a\n")]
    public void Load_OfSomethingElse_NamesTheFile(string content)
    {
        var path = folder.File("a.png", System.Text.Encoding.Latin1.GetBytes(content));
        Assert.That(() => Picture.Load(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("a.png"));
    }

    [Test]
    public void Load_OfAFileCutAnywhere_IsRefused()
    {
        // The last 24 bytes hold no pixels: the end of the compressed stream, two checksums and the end mark.
        var (whole, expected) = Png();
        for (var length = 0; length < whole.Length - 24; length++)
        {
            var path = folder.File("a.png", whole.AsSpan(0, length));
            Assert.That(() => Picture.Load(path), Throws.TypeOf<DataFormatException>(), $"{length} of {whole.Length} bytes");
        }
        Assert.That(Picture.Load(folder.File("a.png", whole)).Pixels.ToArray(), Is.EqualTo(expected.Pixels.ToArray()));
    }

    [Test]
    public void Load_OfAFileWithOneByteChanged_IsRefusedOrAPicture()
    {
        var (whole, _) = Png();
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0x41;
            var path = folder.File("a.png", changed);
            try
            {
                Picture.Load(path);
            }
            catch (Exception exception)
            {
                Assert.That(exception, Is.TypeOf<DataFormatException>(), $"byte {at}");
            }
        }
    }

    [TestCase(1 << 30, 1)]
    [TestCase(20_000, 20_000)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void Load_OfAHugeDeclaredSize_IsRefusedBeforeMemoryIsTaken(int width, int height)
    {
        var (whole, _) = Png();
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(29), PngBytes.Crc32(whole.AsSpan(12, 17)));
        var path = folder.File("a.png", whole);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Picture.Load(path), Throws.TypeOf<DataFormatException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void Load_OfAnImageOverTheLimit_SaysTheLimit()
    {
        // BMP has no checksum and no limit of its own.
        byte[] bmp = [.. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 0x20, 0x4E, 0, 0, 0x20, 0x4E, 0, 0, 1, 0, 24, 0, .. new byte[32]];
        Assert.That(() => Picture.Load(folder.File("a.bmp", bmp)), Throws.TypeOf<DataFormatException>().With.Message.Contains("20000 x 20000"));
    }

    [Test]
    public void Use_WithoutTheNativeLibrary_SaysWhichPackageToAdd()
    {
        var missing = new DllNotFoundException("libSkiaSharp");
        foreach (var thrown in new Exception[] { missing, new TypeInitializationException("SkiaSharp.SKObject", missing) })
            Assert.That(() => SkiaLibrary.Use<int>(() => throw thrown),
                Throws.InvalidOperationException.With.Message.Contains("SkiaSharp.NativeAssets.Linux.NoDependencies"));
    }

    private (byte[] File, Picture Picture) Png()
    {
        var picture = PictureTests.Pattern(new(3, 9, 11));
        picture.SavePng(folder.File("whole.png"));
        return (File.ReadAllBytes(folder.File("whole.png")), picture);
    }
}
