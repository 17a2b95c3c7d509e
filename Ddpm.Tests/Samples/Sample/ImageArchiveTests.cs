using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Sample;

public class ImageArchiveTests
{
    private static readonly ImageShape Shape = new(3, 2, 4);

    // The library's own writer of NumPy's files, which has the arrays in memory, makes the same bytes.
    [Test]
    public void Write_MakesTheBytesOfTheLibrarysWriter([Values(0, 1, 5, 1000)] int count, [Values] bool labelled)
    {
        using var folder = new TemporaryFolder();
        var (images, labels) = (Images(count), Enumerable.Range(0, count).ToArray());
        var expected = folder.File("expected.npz");
        NpzWriter.Write(expected,
        [
            new("arr_0", "|u1", [count, 2, 4, 3], images),
            .. labelled ? [new NpzEntry("arr_1", "<i8", [count], labels.SelectMany(label => BitConverter.GetBytes((long)label)).ToArray())]
                : Array.Empty<NpzEntry>(),
        ]);
        Assert.That(File.ReadAllBytes(Write(folder, count, labelled ? labels : null)), Is.EqualTo(File.ReadAllBytes(expected)));
    }

    [Test]
    public void Write_IsReadByNumpy()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            Python.Run("import sys, numpy as np; z = np.load(sys.argv[1]); a = z['arr_0']; print(a.shape, a.dtype, a[1, 1, 3], z['arr_1'])",
                Write(folder, 2, [7, 9])),
            Is.EqualTo("(2, 2, 4, 3) uint8 [45 46 47] [7 9]"));
    }

    [Test]
    public void CopyImages_OfWhatWasWritten_IsTheImages([Values(1, 5, 3000)] int count)
    {
        using var folder = new TemporaryFolder();
        using var copy = new MemoryStream();
        ImageArchive.CopyImages(Write(folder, count, null), count, Shape, copy);
        Assert.That(copy.ToArray(), Is.EqualTo(Images(count)));
    }

    [Test]
    public void CopyImages_OfOtherFiles_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Write(folder, 5, null));
        Assert.That(() => ImageArchive.CopyImages(Write(folder, 5, null), 6, Shape, Stream.Null),
            Throws.InstanceOf<DataFormatException>().With.Message.Contains($"6 images of {Shape}"));
        foreach (var (name, content) in new[] { ("cut", whole[..^40]), ("text", "no zip file"u8.ToArray()), ("empty", []) })
        {
            var path = folder.File(name, content);
            Assert.That(() => ImageArchive.CopyImages(path, 5, Shape, Stream.Null),
                Throws.InstanceOf<DataFormatException>().With.Message.StartsWith(path));
        }
    }

    // Sizes and places beyond 32 bits. The labels lie behind them.
    [Test, Category("Slow")]
    public void Write_OfMoreThanFourGigabytes_IsReadByTheLibraryAndByNumpy()
    {
        const int Count = 1400;
        var large = new ImageShape(3, 1024, 1024);
        using var folder = new TemporaryFolder();
        if (new DriveInfo(folder.Path).AvailableFreeSpace < 20L << 30)
            Assert.Ignore("There are no 20 GB of free disk.");
        var path = folder.File("large.npz");
        using (var stream = File.Create(path))
            ImageArchive.Write(stream, Count, large, to =>
            {
                for (var k = 0; k < Count; k++)
                    to.Write([.. Enumerable.Repeat((byte)(k % 251), (int)large.Values)]);
            }, Enumerable.Range(0, Count));
        Assert.That(new FileInfo(path).Length, Is.GreaterThan(1L << 32));
        using (var file = NumpyFile.Open(path))
        {
            using var images = file.OpenArray("arr_0");
            Assert.That(images.Form.Sizes, Is.EqualTo(new long[] { Count, 1024, 1024, 3 }));
            using var labels = file.OpenArray("arr_1");
            Assert.That(labels.Form.Sizes, Is.EqualTo(new long[] { Count }));
        }
        using var counted = new Images251(large.Values);
        ImageArchive.CopyImages(path, Count, large, counted);
        Assert.That(counted.Seen, Is.EqualTo(Count * large.Values));
        const string Program = """
            import sys, zipfile, numpy as np
            z = zipfile.ZipFile(sys.argv[1])
            print(z.testzip(), z.getinfo('arr_0.npy').file_size > 2 ** 32, np.load(sys.argv[1])['arr_1'][-1])
            """;
        Assert.That(Python.Run(Program, path), Is.EqualTo("None True 1399"));
    }

    [Test]
    public void Interleaved_PutsTheValuesOfAPixelSideBySide() =>
        Assert.That(ImageArchive.Interleaved([1, 2, 3, 11, 12, 13], 2), Is.EqualTo(new byte[] { 1, 11, 2, 12, 3, 13 }));

    private static byte[] Images(int count) => [.. Enumerable.Range(0, count * (int)Shape.Values).Select(i => (byte)i)];

    private static string Write(TemporaryFolder folder, int count, int[]? labels)
    {
        var path = folder.File("written.npz");
        using var stream = File.Create(path);
        ImageArchive.Write(stream, count, Shape, to => to.Write(Images(count)), labels);
        return path;
    }

    // Takes images of which the k-th consists of k modulo 251.
    private sealed class Images251(long size) : MemoryStream
    {
        public long Seen { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (var value in buffer)
                if (value != Seen++ / size % 251)
                    throw new InvalidDataException($"Byte {Seen - 1} is {value}.");
        }
    }
}
