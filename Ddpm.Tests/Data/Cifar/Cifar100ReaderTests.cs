namespace Ddpm.Tests.Data.Cifar;

public class Cifar100ReaderTests
{
    private const int Values = 3 * 32 * 32;
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IDatasetReader Reader(bool binary, DatasetSplit split, Cifar100Labels labels, string? at = null) => binary
        ? new Cifar100BinaryReader(at ?? Datasets.At("cifar-100-binary"), split, labels)
        : new Cifar100MatReader(at ?? Datasets.At("cifar-100-matlab"), split, labels);

    [Test]
    public void Read_OfTheOriginalLayout_GivesEveryPixelLabelAndName(
        [Values] bool binary, [Values] DatasetSplit split, [Values] Cifar100Labels labels)
    {
        var dataset = Reader(binary, split, labels).Read();
        int[] expected = (split, labels) switch
        {
            (DatasetSplit.Train, Cifar100Labels.Fine) => [7, 99, 42],
            (DatasetSplit.Train, _) => [0, 19, 5],
            (_, Cifar100Labels.Fine) => [1, 0],
            _ => [3, 2],
        };
        Datasets.ExpectPixels(dataset, expected.Length, new(3, 32, 32));
        Assert.That(dataset.Labels, Is.EqualTo(expected));
        var (kind, classes) = labels == Cifar100Labels.Fine ? ("fine", 100) : ("coarse", 20);
        Assert.That(dataset.ClassNames, Is.EqualTo(Enumerable.Range(0, classes).Select(i => $"{kind} {i}")));
    }

    [Test]
    public void Read_TellsItsProgress([Values] bool binary) =>
        Datasets.ExpectProgress(progress => Reader(binary, DatasetSplit.Train, Cifar100Labels.Fine).Read(progress));

    [Test]
    public void Read_Cancelled_Throws([Values] bool binary) => Assert.That(
        () => Reader(binary, DatasetSplit.Train, Cifar100Labels.Fine).Read(cancellationToken: new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Fingerprint_TellsWhichFilesAndLabels([Values] bool binary)
    {
        var all = from split in Enum.GetValues<DatasetSplit>() from labels in Enum.GetValues<Cifar100Labels>()
                  select Reader(binary, split, labels).Fingerprint();
        Assert.That(all, Is.Unique.And.All.Not.Null);
    }

    [Test]
    public void Read_WithoutTheFile_NamesIt([Values] bool binary) => Assert.That(
        () => Reader(binary, DatasetSplit.Test, Cifar100Labels.Fine, folder.Path).Read(),
        Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith(binary ? " test.bin." : " test.mat."));

    [Test]
    public void Read_OfCifar10_SaysWhichVariableIsMissing() => Assert.That(
        () =>
        {
            File.Copy(Recordings.Own("cases/mat/list-int64-row/data_batch_1.mat"), folder.File("train.mat"));
            new Cifar100MatReader(folder.Path).Read();
        },
        Throws.TypeOf<DataFormatException>().With.Message.Contains("\"fine_labels\""));

    [TestCase(3074 * 2 - 1, "3074 bytes an image")]
    [TestCase(0, "has 0 bytes")]
    public void Read_OfABinaryFileOfAnotherLength_IsRefused(int length, string message)
    {
        folder.File("train.bin", new byte[length]);
        Assert.That(
            () => new Cifar100BinaryReader(folder.Path).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains(message).And.Message.Contains("train.bin"));
    }

    [Test]
    public void Read_OfABinaryLabelOutOfRange_SaysWhere()
    {
        var file = new byte[2 * (Values + 2)];
        file[Values + 2] = 20;
        folder.File("train.bin", file);
        Assert.That(
            () => new Cifar100BinaryReader(folder.Path, labels: Cifar100Labels.Coarse).Read(),
            Throws.TypeOf<DataFormatException>().With.Property("Offset").EqualTo(Values + 2).And.Message.Contains("0..19"));
        Assert.That(new Cifar100BinaryReader(folder.Path).Read().ClassNames, Is.Null);
    }

    [Test]
    public void Read_OfTooFewNames_IsRefused()
    {
        folder.File("train.bin", new byte[Values + 2]);
        folder.File("fine_label_names.txt", "one\ntwo\n"u8);
        Assert.That(
            () => new Cifar100BinaryReader(folder.Path).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("100 names").And.Message.Contains("fine_label_names.txt"));
    }
}
