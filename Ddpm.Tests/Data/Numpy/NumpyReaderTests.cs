namespace Ddpm.Tests.Data.Numpy;

public class NumpyReaderTests
{
    private static readonly int[] Labels = [3, 0, 6, 1, 5, 2, 4];
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static string At(string name) => Datasets.At("numpy/" + name);

    [TestCase("nchw.npy", 3)]
    [TestCase("nhwc.npy", 3)]
    [TestCase("nhwc-fortran.npy", 3)]
    [TestCase("nhw.npy", 1)]
    [TestCase("nhwc1.npy", 1)]
    [TestCase("named.npz", 3)]
    [TestCase("unnamed.npz", 3)]
    public void Read_OfAnyLayout_GivesPlanes(string name, int channels)
    {
        var dataset = new NumpyReader(At(name)).Read();
        Datasets.ExpectPixels(dataset, 7, new(channels, 6, 5));
        Assert.That(new NumpyReader(At(name)).ReadShape(), Is.EqualTo(dataset.Shape));
        Assert.That((dataset.Labels, dataset.ClassNames), Is.EqualTo(((object?)null, (object?)null)));
    }

    [TestCase("named.npz", "labels", null)]
    [TestCase("unnamed.npz", "arr_1", null)]
    [TestCase("nhw.npy", null, "labels.npy")]
    [TestCase("named.npz", null, "labels.npy")]
    public void Read_WithLabels_GivesThem(string name, string? labels, string? file)
    {
        string[] names = ["a", "b", "c", "d", "e", "f", "g"];
        var options = new NumpyOptions { Labels = labels, LabelsFile = file is null ? null : At(file), ClassNames = names };
        var dataset = new NumpyReader(At(name), options).Read();
        Assert.That(dataset.Labels, Is.EqualTo(Labels));
        Assert.That(dataset.ClassNames, Is.EqualTo(names));
    }

    [Test]
    public void Read_WithALayout_TakesItRatherThanGuessing()
    {
        var path = folder.File("a.npy", NpyBytes.Bytes([2, 3, 2, 3], [.. Enumerable.Range(0, 36).Select(i => (byte)i)]));
        Assert.That(() => new NumpyReader(path).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains("say the layout"));
        Assert.That(Pixels(ImageLayout.ChannelsFirst), Is.EqualTo((new ImageShape(3, 2, 3), "18 19 20 21")));
        Assert.That(Pixels(ImageLayout.ChannelsLast), Is.EqualTo((new ImageShape(3, 3, 2), "18 21 24 27")));

        (ImageShape, string) Pixels(ImageLayout layout)
        {
            var dataset = new NumpyReader(path, new() { Layout = layout }).Read();
            var pixels = new byte[18];
            dataset.CopyTo(1, pixels);
            return (dataset.Shape, string.Join(" ", pixels.Take(4)));
        }
    }

    // More than one chunk of a megabyte, the last one shorter.
    [Test]
    public void Read_OfManyImages_GivesAllInOrder([Values] bool deflated)
    {
        const int count = 700, values = 3 * 32 * 32;
        var pixels = new byte[count * values];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / values * 13 + i % 3 * 50);
        var array = NpyBytes.Bytes([count, 32, 32, 3], pixels);
        var path = deflated ? folder.File("a.npz", ZipBytes.File([NpyBytes.Deflated("x.npy", array)])) : folder.File("a.npy", array);
        var dataset = new NumpyReader(path).Read();
        var image = new byte[values];
        for (var i = 0; i < count; i++)
        {
            dataset.CopyTo(i, image);
            Assert.That(image, Is.EqualTo(Enumerable.Range(0, values).Select(v => (byte)(i * 13 + v / 1024 * 50))));
        }
    }

    // 2.15 thousand million bytes, of which the file system keeps few.
    [Test, Category("Slow")]
    public void Read_OfMoreThanOneArrayHolds_GivesTheLastImage()
    {
        const int count = 700_000, values = 3 * 32 * 32;
        var path = folder.File("a.npy", NpyBytes.Bytes([count, 3, 32, 32], []));
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length + (long)count * values);
            file.Position = file.Length - values;
            file.Write([.. Enumerable.Range(0, values).Select(value => Datasets.Pixel(1, value))]);
        }
        var dataset = new NumpyReader(path).Read();
        var image = new byte[values];
        dataset.CopyTo(count - 1, image);
        Assert.That(dataset.Count, Is.EqualTo(count));
        Assert.That(image, Is.EqualTo(Enumerable.Range(0, values).Select(value => Datasets.Pixel(1, value))));
        dataset.CopyTo(count - 2, image);
        Assert.That(image, Is.All.Zero);
    }

    [Test]
    public void Fingerprint_ChangesWithTheFilesAndWhatIsReadOfThem()
    {
        var path = folder.File("a.npz", File.ReadAllBytes(At("named.npz")));
        string? Of(NumpyOptions? options = null) => new NumpyReader(path, options).Fingerprint();
        var before = new[] { Of(), Of(new() { Labels = "labels" }), Of(new() { Images = "labels" }), Of(new() { LabelsFile = At("labels.npy") }),
            Of(new() { Layout = ImageLayout.ChannelsLast }), Of(new() { ClassNames = ["a"] }) };
        Assert.That(before, Is.Unique.And.All.Not.Null);
        Assert.That(Of(), Is.EqualTo(before[0]));
        File.AppendAllText(path, "x");
        Assert.That(Of(), Is.Not.EqualTo(before[0]));
    }

    [Test]
    public void Read_TellsItsProgress() => Datasets.ExpectProgress(progress => new NumpyReader(At("unnamed.npz")).Read(progress));

    [Test]
    public void Read_Cancelled_Throws() => Assert.That(
        () => new NumpyReader(At("nhw.npy")).Read(cancellationToken: new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Read_OfWhatIsNoImages_SaysWhatThereIs()
    {
        Refused("labels.npy", new(), "Int64 [7]");
        Refused("named.npz", new() { Images = "mu" }, "\"mu\" is Double [3]");
        Refused("named.npz", new() { Images = "x" }, "\"images\", \"labels\", \"mu\"");
        Refused("named.npz", new() { Labels = "mu" }, "\"mu\" is Double [3]");
        Refused("nhw.npy", new() { Labels = "y" }, "\"y\" must be in an .npz file");
        Refused("nhw.npy", new() { LabelsFile = At("named.npz") }, ".npy file");
        Refused("nhw.npy", new() { LabelsFile = At("labels.npy"), ClassNames = ["a", "b"] }, "0..1, but number 0 of the array is 3");

        static void Refused(string name, NumpyOptions options, string message) =>
            Assert.That(() => new NumpyReader(At(name), options).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains(message));
    }

    [Test]
    public void Read_OfTwoArraysOfImages_AsksWhich()
    {
        var array = NpyBytes.Bytes([2, 1, 1], [1, 2]);
        var path = folder.File("a.npz", ZipBytes.File([new("train.npy", array), new("test.npy", array)]));
        Assert.That(() => new NumpyReader(path).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains("\"train\", \"test\""));
        Assert.That(new NumpyReader(path, new() { Images = "test" }).Read().Count, Is.EqualTo(2));
    }

    [Test]
    public void Read_OfNoImages_IsRefused() => Assert.That(
        () => new NumpyReader(folder.File("a.npy", NpyBytes.Bytes([0, 4, 4], []))).Read(),
        Throws.TypeOf<DataFormatException>().With.Message.Contains("an image at least"));

    [TestCase("<u8", new byte[] { 0, 0, 0, 0, 0, 0, 0, 128 }, "9223372036854775808")]
    [TestCase("<i2", new byte[] { 255, 255 }, "-1")]
    [TestCase("<u4", new byte[] { 255, 255, 255, 127 }, "2147483647")]
    public void Read_OfALabelOutOfRange_IsRefused(string type, byte[] label, string value)
    {
        var images = folder.File("a.npy", NpyBytes.Bytes([1, 1, 1], [9]));
        var labels = folder.File("y.npy", NpyBytes.Of($"{{'descr': '{type}', 'fortran_order': False, 'shape': (1,), }}", label));
        Assert.That(
            () => new NumpyReader(images, new() { LabelsFile = labels }).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.EndsWith($" is {value}.").And.Message.StartsWith(labels));
    }

    [Test]
    public void Constructor_WithLabelsTwice_Throws() => Assert.That(
        () => new NumpyReader("a.npz", new() { Labels = "y", LabelsFile = "y.npy" }), Throws.ArgumentException.With.Message.Contains("y.npy"));
}
