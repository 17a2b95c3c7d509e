using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Cache;

public class CachedReaderTests
{
    private static readonly string[] Names = ["cat", "Дог"];
    private readonly List<string> warnings = [];
    private TemporaryFolder folder = null!;

    private static CountedImages Images => new(7, first: 3, labels: [0, 1, 1, 0, 0, 1, 0], classNames: Names, embeddingWidth: 2);

    private string Path => folder.File("kept/images.bin");

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        warnings.Clear();
    }

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Read_Again_GivesTheSame_WithoutTheOtherReader()
    {
        var inner = new MadeReader(Images);
        for (var reading = 0; reading < 3; reading++)
            Read(inner, images =>
            {
                Assert.That((images.Count, images.Shape, images.EmbeddingWidth), Is.EqualTo((7, Images.Shape, 2)));
                Assert.That((images.Labels, images.ClassNames), Is.EqualTo((Images.Labels, Names)));
                Assert.That(CountedImages.Values(images), Is.EqualTo(CountedImages.Values(Images)));
                Assert.That(CountedImages.Embeddings(images), Is.EqualTo(CountedImages.Embeddings(Images)));
                Assert.That(() => images.CopyTo(7, new byte[6]), Throws.InstanceOf<ArgumentOutOfRangeException>());
                Assert.That(() => images.CopyEmbedding(-1, new float[2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            });
        Assert.That((inner.Readings, warnings.Count), Is.EqualTo((1, 0)));
        Assert.That(Directory.GetFiles(folder.File("kept")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Read_OfImagesAlone_HasNoLabelsAndNoEmbeddings()
    {
        Read(new MadeReader(new CountedImages(0)), images => Assert.That(images.Count, Is.EqualTo(0)));
        File.Delete(Path);
        for (var reading = 0; reading < 2; reading++)
            Read(new MadeReader(new CountedImages(2)), images =>
            {
                Assert.That((images.Labels, images.ClassNames, images.EmbeddingWidth), Is.EqualTo((null as object, null as object, 0)));
                Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 0, 1 }));
                Assert.That(() => images.CopyEmbedding(0, []), Throws.InstanceOf<NotSupportedException>());
            });
    }

    [Test]
    public void Read_OfOtherData_MakesTheFileAnew_AndSaysWhy()
    {
        Read(new MadeReader(Images));
        Read(new MadeReader(new CountedImages(2), "2"), images => Assert.That(images.Count, Is.EqualTo(2)));
        Assert.That(warnings.Single(), Does.Contain("images.bin").And.Contain("have changed since"));
    }

    [Test]
    public void Read_OfAReaderThatCannotTellWhatItReads_IsRefused() =>
        Assert.That(() => Read(new MadeReader(Images, fingerprint: null)),
            Throws.InvalidOperationException.With.Message.Contains("MadeReader.Fingerprint"));

    [Test]
    public void Read_OfFilesThatChangeMeanwhile_IsRefused_AndLeavesNothing()
    {
        MadeReader inner = null!;
        inner = new MadeReader(Images) { WhileReading = () => inner.Print = "2" };
        Assert.That(() => Read(inner), Throws.InstanceOf<IOException>().With.Message.Contains("were changed"));
        Assert.That(Directory.GetFiles(folder.File("kept")), Is.Empty);
    }

    // A name typed wrong costs nobody a file.
    [TestCase(0), TestCase(5), TestCase(1000)]
    public void Read_WhereAnotherFileIs_LeavesItAlone(int length)
    {
        Directory.CreateDirectory(folder.File("kept"));
        File.WriteAllBytes(Path, new byte[length]);
        Assert.That(() => Read(new MadeReader(Images)), Throws.TypeOf<DataFormatException>().With.Message.Contains("images.bin"));
        Assert.That(File.ReadAllBytes(Path), Is.EqualTo(new byte[length]));
    }

    [Test]
    public void Read_CancelledOrFailed_LeavesNothing_AndAnOlderFileAsItWas()
    {
        using var stop = new CancellationTokenSource();
        foreach (var (fault, expected) in new (Action, Type)[]
        {
            (stop.Cancel, typeof(OperationCanceledException)),
            (() => throw new DataFormatException("a.png", null, "it is bad"), typeof(DataFormatException)),
        })
            foreach (var older in (byte[]?[])[null, "ddpmimgs, but damaged"u8.ToArray()])
            {
                if (older is not null)
                    File.WriteAllBytes(Path, older);
                var reader = new CachedReader(new MadeReader(Images) { WhileReading = fault }, Path);
                Assert.That(() => reader.Read(cancellationToken: fault == stop.Cancel ? stop.Token : default), Throws.InstanceOf(expected));
                Assert.That(Directory.GetFiles(folder.File("kept")).Length, Is.EqualTo(older is null ? 0 : 1));
                Assert.That(File.Exists(Path) ? File.ReadAllBytes(Path) : null, Is.EqualTo(older));
                File.Delete(Path);
            }
    }

    [Test]
    public void Read_AfterAKilledRun_WritesOverWhatThatLeft()
    {
        Directory.CreateDirectory(folder.File("kept"));
        File.WriteAllBytes(folder.File("kept/.images.bin.partial"), new byte[100_000]);
        Read(new MadeReader(Images));
        Assert.That(Directory.GetFiles(folder.File("kept")), Has.Length.EqualTo(1));
        Assert.That(new FileInfo(Path).Length, Is.LessThan(1000));
    }

    [Test]
    public void Read_WhileAnotherProcessMakesTheFile_IsRefused()
    {
        Directory.CreateDirectory(folder.File("kept"));
        using var locked = new FileStream(folder.File("kept/.images.bin.partial"), FileMode.Create, FileAccess.Write, FileShare.None);
        var inner = new MadeReader(Images);
        Assert.That(() => Read(inner), Throws.InstanceOf<IOException>());
        Assert.That(inner.Readings, Is.EqualTo(0));
    }

    [Test]
    public void Read_TellsItsProgress_WhenMakingAndWhenOpening()
    {
        for (var reading = 0; reading < 2; reading++)
        {
            var told = new List<ReadingProgress>();
            using var images = (IDisposable)new CachedReader(new MadeReader(Images), Path).Read(new Direct<ReadingProgress>(told.Add));
            Assert.That(told.Select(progress => progress.Done), Is.EqualTo(Enumerable.Range(1, 7)));
        }
    }

    private void Read(IDatasetReader inner, Action<IImageDataset>? look = null)
    {
        var images = new CachedReader(inner, Path) { Warnings = new Direct<string>(warnings.Add) }.Read();
        using var open = (IDisposable)images;
        look?.Invoke(images);
    }
}
