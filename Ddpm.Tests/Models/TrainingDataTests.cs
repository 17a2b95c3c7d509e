namespace Ddpm.Tests.Models;

public class TrainingDataTests
{
    private static readonly TrainingOptions Short = new() { Steps = 2, BatchSize = 2 };

    [TestCase(new[] { "cat", "dog" }, null)]
    [TestCase(new[] { "cat", "elk" }, "'elk'")]
    [TestCase(new[] { "cat" }, "'dog'")]
    [TestCase(new[] { "dog", "cat" }, "order")]
    public void BeforeTraining_WithHeldOutImages_RefusesOtherClasses(string[] names, string? odd)
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var model = Model(network).Build();
        var recorder = new TrainingRecorder(model, folder.Path) { SavesModel = false, Pictures = 0, HeldOut = Data(names) };
        Action train = () => model.Train(Short, Data(["cat", "dog"]), observers: [recorder]);
        Assert.That(train, odd is null ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains(odd));
    }

    [Test]
    public void Train_Cancelled_IsToldToTheReaderOfTheData()
    {
        using var network = new TinyNetwork();
        using var stop = new CancellationTokenSource();
        using var model = Model(network).WithDataset(new CancellingReader(stop)).Build();
        Assert.That(() => model.Train(Short, cancellationToken: stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static DiffusionBuilder Model(TinyNetwork network) =>
        new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.3).WithDenoiser(network, new ImageShape(3, 16, 16));

    private static ImageDataset Data(string[] names) =>
        new(new(3, 16, 16), new byte[2 * 3 * 16 * 16], [0, names.Length - 1], names);

    // Cancels while it reads, and looks.
    private sealed class CancellingReader(CancellationTokenSource stop) : IDatasetReader
    {
        public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            stop.Cancel();
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The reader was not told.");
        }
    }
}
