using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Evaluate;

public class NearestImagesTests
{
    // Seven images in blocks of three: each distance by its definition, one after the other.
    [Test]
    public void Find_OverBlocks_IsWhatEveryPairSays([Values(1, 3, 7, 100)] int blockSize)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var (queries, images) = (randn([4, 6], generator: generator), randn([7, 6], generator: generator));
        var found = NearestImages.Find(queries, (first, count) => images.narrow(0, first, count).clone(), 7, 3, default, blockSize);
        for (var i = 0; i < 4; i++)
        {
            var each = Enumerable.Range(0, 7)
                .Select(j => new Neighbour(j, Math.Sqrt(Enumerable.Range(0, 6).Sum(d => Math.Pow(Value(queries, i, d) - Value(images, j, d), 2)))))
                .OrderBy(near => near.Distance).Take(3).ToArray();
            Assert.That(found[i].Select(near => near.Index), Is.EqualTo(each.Select(near => near.Index)));
            Assert.That(found[i].Select(near => near.Distance), Is.EqualTo(each.Select(near => near.Distance)).Within(1e-12));
        }

        static double Value(Tensor of, int row, int column) => of[row, column].item<float>();
    }

    // By norms and products alone, rounding would leave 1e-3 here.
    [Test]
    public void Find_OfAnImageOfTheSet_HasDistance0()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var images = randn([20, 512], generator: generator) + 1e4;
        var found = NearestImages.Find(images, (first, count) => images.narrow(0, first, count).clone(), 20, 1, default);
        Assert.That(found.Select(row => row[0]), Is.EqualTo(Enumerable.Range(0, 20).Select(i => new Neighbour(i, 0))));
    }

    [Test]
    public void ByPixels_IsTheRootMeanSquareOfBytes()
    {
        var (black, gray) = (new byte[12], Enumerable.Repeat((byte)30, 12).ToArray());
        var images = new ImageDataset(new(3, 2, 2), [.. black, .. gray]);
        var found = NearestImages.ByPixels(images, [0], images, 5, default);
        Assert.That(found[0], Is.EqualTo(new Neighbour[] { new(0, 0), new(1, 30) }));
    }
}
