namespace Ddpm.Tests.Data.Cifar;

public class Cifar10BinaryReaderTests
{
    private const int Values = 3 * 32 * 32;
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Read_OfFiveBatches_GivesThemInOrder()
    {
        for (var batch = 0; batch < 5; batch++)
            folder.File($"data_batch_{batch + 1}.bin", [.. Record(2 * batch), .. Record(2 * batch + 1)]);
        folder.File("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"u8);
        var dataset = new Cifar10BinaryReader(folder.Path).Read();
        Datasets.ExpectPixels(dataset, 10, new(3, 32, 32));
        Assert.That(dataset.Labels, Is.EqualTo(Enumerable.Range(0, 10).Select(i => 9 - i)));
        Assert.That(string.Concat(dataset.ClassNames!), Is.EqualTo("abcdefghij"));
    }

    [Test]
    public void Read_OfTheOriginalAsBinary_IsWhatTheMatlabVersionIs()
    {
        var original = new Cifar10MatReader(Shared.Path(Shared.Cifar10), DatasetSplit.Test).Read();
        var file = new byte[100 * (Values + 1)];
        for (var i = 0; i < 100; i++)
        {
            file[i * (Values + 1)] = (byte)original.Labels![i];
            original.CopyTo(i, file.AsSpan(i * (Values + 1) + 1));
        }
        folder.File("test_batch.bin", file);
        var binary = new Cifar10BinaryReader(folder.Path, DatasetSplit.Test).Read();
        Assert.That(binary.Labels, Is.EqualTo(original.Labels!.Take(100)));
        for (var i = 0; i < 100; i++)
            Assert.That(Picture.Of(binary, i).Pixels.ToArray(), Is.EqualTo(Picture.Of(original, i).Pixels.ToArray()));
    }

    [Test]
    public void Read_WithBatchesMissing_NamesThemAll()
    {
        folder.File("data_batch_2.bin", Record(0));
        Assert.That(
            () => new Cifar10BinaryReader(folder.Path).Read(),
            Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith(" data_batch_1.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin."));
    }

    private static byte[] Record(int image) => [(byte)(9 - image), .. Enumerable.Range(0, Values).Select(value => Datasets.Pixel(image, value))];
}
