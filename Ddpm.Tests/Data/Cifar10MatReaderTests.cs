using System.Security.Cryptography;

namespace Ddpm.Tests.Data;

public class Cifar10MatReaderTests
{
    private const int Values = 3 * 32 * 32;
    private static readonly MatBytes Mat = new();
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    // Of the first 1,000 images of each file, whether a file holds more or not. Counts, labels and checksums were found by a separate program, which
    // shares no code with this one.
    [TestCase(
        DatasetSplit.Train, 5000, new[] { 508, 515, 478, 484, 527, 469, 497, 512, 518, 492 }, new[] { 6, 9, 9, 4, 1, 1, 2, 7 }, new[] { 59, 43, 50 },
        "286E2343D2D57000008856C9A0101CF7071D9FDFC40CF4D2E0F08C6B68BA3727")]
    [TestCase(
        DatasetSplit.Test, 1000, new[] { 103, 89, 100, 103, 90, 86, 112, 102, 106, 109 }, new[] { 3, 8, 8, 0, 6, 6, 1, 6 }, new[] { 158, 159, 165 },
        "F167149948FC8FE0B9A76BA86421E987817F98B63761BA9415C5D42664D51F03")]
    public void Read_OfTheOriginal_GivesEveryPixelAndLabel(
        DatasetSplit split, int count, int[] histogram, int[] firstLabels, int[] firstPixels, string sha256)
    {
        var dataset = new Cifar10MatReader(Shared.Path(Shared.Cifar10), split).Read();
        var files = count / 1000;
        var each = dataset.Count / files;
        Assert.That(each, Is.EqualTo(1000).Or.EqualTo(10_000));
        int[] first = [.. Enumerable.Range(0, count).Select(i => i / 1000 * each + i % 1000)];
        int[] labels = [.. first.Select(i => dataset.Labels![i])];
        Assert.That(dataset.Shape, Is.EqualTo(new ImageShape(3, 32, 32)));
        Assert.That(labels.CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => pair.Value), Is.EqualTo(histogram));
        Assert.That(labels.Take(8), Is.EqualTo(firstLabels));
        var names = new[] { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" };
        Assert.That(dataset.ClassNames, Is.EqualTo(names));

        var image = new byte[Values];
        dataset.CopyTo(0, image);
        Assert.That(image.Take(3), Is.EqualTo(firstPixels));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var i in first)
        {
            dataset.CopyTo(i, image);
            hash.AppendData(image);
        }
        Assert.That(Convert.ToHexString(hash.GetHashAndReset()), Is.EqualTo(sha256));
    }

    [Test]
    public void Read_OfBatchesOfAnySize_KeepsTheirOrder()
    {
        for (var batch = 1; batch <= 5; batch++)
            Write($"data_batch_{batch}.mat", count: 2 * batch - 1, seed: batch);
        var dataset = new Cifar10MatReader(folder.Path).Read();
        Assert.That(dataset.Count, Is.EqualTo(25));
        Assert.That(dataset.ClassNames, Is.Null);
        var image = new byte[Values];
        foreach (var (batch, first) in new[] { (1, 0), (2, 1), (3, 4), (4, 9), (5, 16) })
            for (var i = 0; i < 2 * batch - 1; i++)
            {
                dataset.CopyTo(first + i, image);
                Assert.That(image, Is.EqualTo(Enumerable.Range(0, Values).Select(j => Pixel(i, j, batch))));
                Assert.That(dataset.Labels![first + i], Is.EqualTo((i + batch) % 10));
            }
    }

    // As SciPy saves them again: labels as a row of 64-bit integers, names in a column.
    [Test]
    public void Read_OfBatchesThatSciPySaved_IsTheSame()
    {
        var dataset = new Cifar10MatReader(Recordings.Own("cases/mat/list-int64-row")).Read();
        Assert.That(dataset.Count, Is.EqualTo(20));
        Assert.That(dataset.Labels!.Take(4), Is.EqualTo(new[] { 3, 8, 0, 9 }));
        Assert.That((dataset.ClassNames![0], dataset.ClassNames[9]), Is.EqualTo(("airplane", "truck")));
        Assert.That(Picture.Of(dataset, 1).Pixels.Span[..5].ToArray(), Is.EqualTo(new byte[] { 235, 237, 169, 13, 45 }));
    }

    private static IEnumerable<TestCaseData> SavedAgain()
    {
        static byte[] Column(params byte[] values) => Mat.Element(2, values);
        foreach (var (name, labels) in new (string, byte[])[]
        {
            ("column of bytes", Mat.Matrix(9, [2, 1], "labels", Column(7, 2))),
            ("row of bytes", Mat.Matrix(9, [1, 2], "labels", Column(7, 2))),
            ("row of doubles", Mat.Matrix(6, [1, 2], "labels", Mat.Element(9, Mat.Doubles(7, 2)))),
            ("column of doubles, stored as bytes", Mat.Matrix(6, [2, 1], "labels", Column(7, 2))),
            ("row of singles", Mat.Matrix(7, [1, 2], "labels", Mat.Element(7, Mat.Floats(7, 2)))),
            ("row of 32-bit integers", Mat.Matrix(12, [1, 2], "labels", Mat.Element(5, Mat.Numbers(7, 2)))),
            ("column of 64-bit integers", Mat.Matrix(14, [2, 1], "labels", Mat.Element(12, Mat.Numbers(7L, 2L)))),
        })
            foreach (var (kind, data) in new (string, byte[])[]
            {
                ("bytes", Mat.Element(2, [.. Enumerable.Range(0, 2 * Values).Select(i => Pixel(i % 2, i / 2, 0))])),
                ("doubles", Mat.Element(9, Mat.Doubles([.. Enumerable.Range(0, 2 * Values).Select(i => (double)Pixel(i % 2, i / 2, 0))]))),
                ("64-bit integers", Mat.Element(12, Mat.Numbers([.. Enumerable.Range(0, 2 * Values).Select(i => (long)Pixel(i % 2, i / 2, 0))]))),
            })
                yield return new TestCaseData(Mat.File(
                    Mat.Compressed(Mat.Matrix(kind == "bytes" ? 9 : kind == "doubles" ? 6 : 14, [2, Values], "data", data)), labels))
                    .SetArgDisplayNames($"{kind}, labels in a {name}");
    }

    [TestCaseSource(nameof(SavedAgain))]
    public void Read_OfABatchThatWasSavedAgain_IsTheSame(byte[] batch)
    {
        folder.File("test_batch.mat", batch);
        // Ten rows of text, filled with spaces: a list of names, as SciPy saves it.
        var names = Enumerable.Range(0, 10).Select(i => "abcdefghij"[..(i + 1)].PadRight(10)).ToArray();
        folder.File("batches.meta.mat", Mat.File(Mat.Matrix(
            4, [10, 10], "label_names", Mat.Element(4, Mat.Numbers([.. Enumerable.Range(0, 100).Select(i => (ushort)names[i % 10][i / 10])])))));
        var dataset = new Cifar10MatReader(folder.Path, DatasetSplit.Test).Read();
        Assert.That(dataset.Labels, Is.EqualTo(new[] { 7, 2 }));
        for (var i = 0; i < 2; i++)
            Assert.That(Picture.Of(dataset, i).Pixels.ToArray(), Is.EqualTo(Enumerable.Range(0, Values).Select(j => Pixel(i, j, 0))));
        Assert.That((dataset.ClassNames![0], dataset.ClassNames[9]), Is.EqualTo(("a", "abcdefghij")));
    }

    [Test]
    public void Read_Cancelled_Throws()
    {
        Write("test_batch.mat", 1);
        Assert.That(() => new Cifar10MatReader(folder.Path, DatasetSplit.Test).Read(cancellationToken: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Read_OfAFolderThatIsMissing_NamesIt() =>
        Assert.That(
            () => new Cifar10MatReader(folder.File("none")).Read(),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("none"));

    [Test]
    public void Read_WithBatchesMissing_NamesThemAll()
    {
        Write("data_batch_2.mat", 1);
        Assert.That(
            () => new Cifar10MatReader(folder.Path).Read(),
            Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith(
                " data_batch_1.mat, data_batch_3.mat, data_batch_4.mat, data_batch_5.mat."));
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        static TestCaseData Case(string name, string message, params byte[][] elements) =>
            new TestCaseData(Mat.File(elements), message).SetArgDisplayNames(name);
        static byte[] Bytes(string name, int rows, int columns, int value = 0) =>
            Mat.Matrix(9, [rows, columns], name, Mat.Element(2, [.. Enumerable.Repeat((byte)value, rows * columns)]));
        var (data, labels) = (Bytes("data", 2, Values), Bytes("labels", 2, 1));
        yield return Case("no data", "variable \"data\"", labels);
        yield return Case("no labels", "variable \"labels\"", data);
        yield return Case("other width", "2 x 3071", Bytes("data", 2, Values - 1), labels);
        yield return Case(
            "three dimensions", "2 x 3072 x 1", Mat.Matrix(9, [2, Values, 1], "data", Mat.Element(2, new byte[2 * Values])), labels);
        yield return Case("images turned", "3072 x 2", Bytes("data", Values, 2), labels);
        yield return Case(
            "fractions", "whole numbers in 0..255", Mat.Matrix(6, [2, Values], "data", Mat.Element(9, Mat.Doubles(new double[2 * Values - 1]
                .Append(0.5).ToArray()))), labels);
        yield return Case("pixel 256", "whole numbers in 0..255", Mat.Matrix(
            10, [2, Values], "data", Mat.Element(3, Mat.Numbers([.. new short[2 * Values - 1], (short)256]))), labels);
        yield return Case("label -1", "whole numbers in 0..9", data, Mat.Matrix(14, [1, 2], "labels", Mat.Element(12, Mat.Numbers(0L, -1L))));
        yield return Case("label 0.5", "whole numbers in 0..9", data, Mat.Matrix(6, [1, 2], "labels", Mat.Element(9, Mat.Doubles(0, 0.5))));
        yield return Case("labels in a square", "2 x 2", data, Bytes("labels", 2, 2));
        yield return Case("labels as text", "Char", data, Mat.Matrix(4, [1, 2], "labels", Mat.Element(4, Mat.Numbers((ushort)'1', (ushort)'2'))));
        yield return Case(
            "complex", "complex", Mat.MatrixWithFlags(0x0809, [0, Values], "data", Mat.Element(2, []), Mat.Element(2, [])), Bytes("labels", 0, 1));
        yield return Case("three labels", "3 labels and 2 images", data, Bytes("labels", 3, 1));
        yield return Case("label 10", "number 0 is 10", data, Bytes("labels", 2, 1, value: 10));
        yield return Case(
            "2^30 images", "1073741824 images", Mat.Matrix(9, [1 << 30, Values], "data", data), Mat.Matrix(9, [1 << 30, 1], "labels", labels));
    }

    [TestCaseSource(nameof(Wrong))]
    public void Read_OfAWrongBatch_SaysWhatIsWrong(byte[] bytes, string message)
    {
        folder.File("test_batch.mat", bytes);
        Assert.That(
            () => new Cifar10MatReader(folder.Path, DatasetSplit.Test).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains(message).And.Message.Contains("test_batch.mat"));
    }

    [Test]
    public void Read_OfWrongNames_IsRefused()
    {
        Write("test_batch.mat", 1);
        folder.File("batches.meta.mat", Mat.File(Mat.Matrix(1, [1, 1], "label_names", Mat.Element(14, []))));
        Assert.That(
            () => new Cifar10MatReader(folder.Path, DatasetSplit.Test).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("batches.meta.mat"));
    }

    // The pixels, one batch of them while they are turned, and little else.
    [Test]
    public void Read_OfManyImages_TakesLittleTimeAndMemory()
    {
        for (var batch = 1; batch <= 5; batch++)
            Write($"data_batch_{batch}.mat", 2_000);
        var reader = new Cifar10MatReader(folder.Path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        IImageDataset dataset = null!;
        var seconds = ProcessorTime.Of(() => dataset = reader.Read());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1.25 * 10_000 * Values));
        Assert.That(seconds, Is.LessThan(5));
        Assert.That(dataset.Count, Is.EqualTo(10_000));
    }

    private static byte Pixel(int image, int value, int seed) => (byte)(image * 31 + value * 7 + seed);

    private void Write(string name, int count, int seed = 0)
    {
        var (pixels, labels) = (new byte[count * Values], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)((i + seed) % 10);
            for (var j = 0; j < Values; j++)
                pixels[j * count + i] = Pixel(i, j, seed);
        }
        folder.File(name, Mat.File(
            Mat.Compressed(Mat.Matrix(9, [count, 1], "labels", Mat.Element(2, labels))),
            Mat.Matrix(9, [count, Values], "data", Mat.Element(2, pixels))));
    }
}
