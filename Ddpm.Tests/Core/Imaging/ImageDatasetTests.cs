using Ddpm.Imaging;

namespace Ddpm.Tests.Core.Imaging;

public class ImageDatasetTests
{
    private static readonly ImageShape Shape = new(1, 1, 2);

    [Test]
    public void OfBlocks_HasTheImagesOfOneArray()
    {
        var data = ImageDataset.OfBlocks(Shape, [[], [0, 0, 1, 1], [], [], [2, 2], [3, 3, 4, 4, 5, 5], []], [5, 4, 3, 2, 1, 0]);
        Assert.That(CountedImages.Values(data), Is.EqualTo(Enumerable.Range(0, 6)));
        Assert.That(data.Labels, Is.EqualTo(new[] { 5, 4, 3, 2, 1, 0 }));
        Assert.That(() => data.CopyTo(6, new byte[2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => data.CopyTo(-1, new byte[2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    // The same array again and again: 10^10 bytes that need no memory.
    [Test]
    public void OfBlocks_OverWhatAnArrayHolds_FindsEveryImage()
    {
        const int images = 1000;
        var shape = new ImageShape(1, 100, 100);
        var (block, other) = (new byte[images * shape.Values], new byte[images * shape.Values]);
        for (var i = 0; i < images; i++)
            block.AsSpan(i * (int)shape.Values, (int)shape.Values).Fill((byte)(i % 251));
        other.AsSpan().Fill(252);
        var data = ImageDataset.OfBlocks(shape, [.. Enumerable.Repeat(block, 999), other]);
        Assert.That(data.Count, Is.EqualTo(1_000_000));
        foreach (var index in (int[])[0, 1, 250, 251, 214_748, 214_749, 429_496, 998_999, 999_000, 999_999])
            Assert.That(
                CountedImages.Values(data.Subset([index])).Single(), Is.EqualTo(index < 999_000 ? index % images % 251 : 252), $"image {index}");
    }

    [Test]
    public void OfBlocks_ThatAreNoImages_NamesTheRule()
    {
        Assert.That(() => ImageDataset.OfBlocks(Shape, [[1, 2], [1, 2, 3]]), Throws.ArgumentException.With.Message.Contains("there are 3"));
        Assert.That(() => ImageDataset.OfBlocks(Shape, [[1, 2], null!]), Throws.ArgumentException.With.Message.Contains("number 1"));
        Assert.That(() => ImageDataset.OfBlocks(Shape, null!), Throws.ArgumentNullException);
        Assert.That(() => ImageDataset.OfBlocks(Shape, [[1, 2], [1, 2]], [0]),
            Throws.ArgumentException.With.Message.Contains("1 labels and 2 images"));
        var block = new byte[1 << 24];
        Assert.That(() => ImageDataset.OfBlocks(new(1, 1, 1), [.. Enumerable.Repeat(block, 128)]),
            Throws.ArgumentException.With.Message.Contains($"{int.MaxValue}"));
    }

    [TestCase(1), TestCase(5), TestCase(6), TestCase(100)]
    public void PixelBlocks_OfAnySize_HaveAPlaceForEveryImage(int blockBytes)
    {
        var pixels = new PixelBlocks(Shape, 9, blockBytes);
        for (var i = 0; i < 9; i++)
            pixels[i].Span.Fill((byte)i);
        Assert.That(CountedImages.Values(ImageDataset.OfBlocks(Shape, pixels.Blocks)), Is.EqualTo(Enumerable.Range(0, 9)));
        Assert.That(pixels.Blocks.Select(block => block.Length), Is.All.LessThanOrEqualTo(Math.Max(blockBytes, 2)));
    }

    [Test]
    public void MemoryThatLacks_IsToldForMoreThanThereIs()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        Assert.That(memory, Is.GreaterThan(1 << 30));
        var shape = new ImageShape(1, 1000, 1000);
        Assert.That(PixelBlocks.MemoryThatLacks(shape, 10), Is.Null);
        Assert.That(PixelBlocks.MemoryThatLacks(shape, (int)(memory / 1_000_000) + 1), Is.EqualTo(memory));
    }
}
