using Ddpm.Training;
using static Ddpm.Tests.Models.Preflight.PreflightCase;
using static Ddpm.Training.TrainingFindingKind;

namespace Ddpm.Tests.Models.Preflight;

public class PreflightImagesTests
{
    private static readonly byte[] One = Random(7);

    private static readonly TestCaseData[] Made =
    [
        Case("noise", (_, _) => null),
        Case("all the same", (_, i) => One[i], ImagesAllEqual, "The 64 images looked at are all the same"),
        Case("some empty", (image, _) => image % 10 == 0 ? (byte)9 : null, ImagesOfOneValue, "of the 64 images"),
        Case("a channel of one value", (_, i) => i / 64 == 1 ? (byte)255 : null, ChannelOfOneValue, "Channel 1 is 255"),
        Case("two values", (image, i) => (byte)(One[(i + image) % 192] > 128 ? 200 : 7), ImagesOfTwoValues, "7 and 200"),
        Case("0 and 1 as bytes", (image, i) => (byte)(One[(i + image) % 192] % 3), ImagesOfNarrowRange, "from 0 to 2"),
        Case("grey", (image, i) => One[(i % 64 + image) % 192], ChannelsAllEqual, "3 channels"),
    ];

    [TestCaseSource(nameof(Made))]
    public void CheckTraining_OfMadeImages_FindsOne(string name, ImageDataset data, TrainingFindingKind[] kinds, string figures)
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var findings = model.CheckTraining(Clean, data);
        Assert.That(Kinds(findings), Is.EqualTo(kinds), name);
        Assert.That(string.Join("\n", findings), Does.Contain(figures));
    }

    // Of one value all: each is said once, and not what follows from it.
    [Test]
    public void CheckTraining_OfBlackImages_SaysThatTheyAreBlackAndTheSame()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var black = new ImageDataset(Tiny, new byte[100 * Tiny.Values]);
        Assert.That(Kinds(model.CheckTraining(Clean, black)), Is.EqualTo(new[] { ImagesAllEqual, ImagesOfOneValue }));
    }

    [Test]
    public void CheckTraining_OfImagesThatCannotBeRead_NamesOne()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var finding = model.CheckTraining(Clean, new Torn()).Of(ImageUnreadable);
        Assert.That(finding.Severity, Is.EqualTo(FindingSeverity.Fault));
        Assert.That(finding.What, Does.Contain("Image 5 ").And.Contains("torn"));
    }

    [Test]
    public void CheckTraining_Cancelled_SaysSo()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        Assert.That(
            () => model.CheckTraining(Clean, Images(), cancellationToken: new(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static TestCaseData Case(string name, Func<int, int, byte?> value, TrainingFindingKind? kind = null, string figures = "")
    {
        var (size, bytes) = ((int)Tiny.Values, Random(100 * (int)Tiny.Values));
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = value(i / size, i % size) ?? bytes[i];
        return new TestCaseData(name, new ImageDataset(Tiny, bytes), kind is { } one ? new[] { one } : Array.Empty<TrainingFindingKind>(), figures)
            .SetArgDisplayNames(name);
    }

    private static byte[] Random(int count)
    {
        var bytes = new byte[count < 192 ? 192 : count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private sealed class Torn : IImageDataset
    {
        public int Count => 50;

        public ImageShape Shape => PreflightCase.Tiny;

        public IReadOnlyList<int>? Labels => null;

        public IReadOnlyList<string>? ClassNames => null;

        public void CopyTo(int index, Span<byte> destination)
        {
            destination.Clear();
            if (index == 5)
                throw new InvalidOperationException("torn");
        }
    }
}
