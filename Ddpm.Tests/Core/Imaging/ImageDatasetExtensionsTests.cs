namespace Ddpm.Tests.Core.Imaging;

public class ImageDatasetExtensionsTests
{
    private static readonly string[] Names = ["cat", "dog", "elk"];

    private static CountedImages Ten => new(10, labels: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0], classNames: Names, embeddingWidth: 2);

    [Test]
    public void Subset_HasItsImages_WithAllThatBelongsToThem()
    {
        var ten = Ten;
        var some = ten.Subset([7, 0, 7]);
        Assert.That(CountedImages.Values(some), Is.EqualTo(new[] { 7, 0, 7 }));
        Assert.That(some.Labels, Is.EqualTo(new[] { 1, 0, 1 }));
        Assert.That(some.ClassNames, Is.EqualTo(Names));
        Assert.That(CountedImages.Embeddings(some), Is.EqualTo(new[] { 7, 0, 7 }));
        some.Expect([2, 1]);
        Assert.That(ten.Expected.Single(), Is.EqualTo(new[] { 7, 0 }));
        Assert.That(() => some.CopyTo(3, new byte[6]), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..2"));
        Assert.That(() => ten.Subset([10]), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..9"));
    }

    [Test]
    public void Take_HasTheFirst()
    {
        Assert.That(CountedImages.Values(Ten.Take(3)), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That((Ten.Take(0).Count, Ten.Take(10).Count), Is.EqualTo((0, 10)));
        Assert.That(() => Ten.Take(11), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..10"));
        Assert.That(() => Ten.Take(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(0.5, 5), TestCase(0.94, 9), TestCase(0.1, 1), TestCase(0.25, 2)]
    public void Split_HasEveryImageOnce_AsManyAsAsked(double fraction, int expected)
    {
        var (first, second) = Ten.Split(fraction);
        var (ours, theirs) = (CountedImages.Values(first), CountedImages.Values(second));
        Assert.That(ours, Has.Length.EqualTo(expected).And.Ordered);
        Assert.That(theirs, Is.Ordered);
        Assert.That(ours.Concat(theirs), Is.EquivalentTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public void Split_IsAFunctionOfItsSeed_AndEveryImageIsDrawnAsOften()
    {
        var often = new int[10];
        for (var seed = 0UL; seed < 1000; seed++)
            foreach (var value in CountedImages.Values(Ten.Split(0.3, seed).First))
                often[value]++;
        // 1,000 draws with probability 0.3: mean 300, deviation 14.5.
        Assert.That(often, Is.All.InRange(300 - 75, 300 + 75));
        var (once, again) = (Ten.Split(0.3, 5).First, Ten.Split(0.3, 5).First);
        Assert.That(CountedImages.Values(once), Is.EqualTo(CountedImages.Values(again)));
    }

    [Test]
    public void Split_ByClass_KeepsTheProportionsOfEach()
    {
        var labels = Enumerable.Range(0, 130).Select(i => i < 100 ? 0 : i < 120 ? 1 : 2).ToArray();
        var (first, second) = new CountedImages(130, labels: labels, classNames: Names).Split(0.8, seed: 3, byClass: true);
        int[] Counts(IImageDataset part) => [.. Enumerable.Range(0, 3).Select(label => part.Labels!.Count(other => other == label))];
        Assert.That(Counts(first), Is.EqualTo(new[] { 80, 16, 8 }));
        Assert.That(Counts(second), Is.EqualTo(new[] { 20, 4, 2 }));
        foreach (var part in (IImageDataset[])[first, second])
            Assert.That(CountedImages.Values(part).Select(value => labels[value]), Is.EqualTo(part.Labels));
    }

    [Test]
    public void Split_OutOfRange_IsRefused()
    {
        foreach (var fraction in (double[])[0, 1, -0.1, double.NaN])
            Assert.That(() => Ten.Split(fraction), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Ten.Split(0.01), Throws.ArgumentException.With.Message.Contains("the first would have 0"));
        Assert.That(() => new CountedImages(10).Split(0.5, byClass: true), Throws.ArgumentException.With.Message.Contains("must have labels"));
    }

    [Test]
    public void Concat_HasBoth_WithAllThatBelongsToThem()
    {
        var (first, second) = (Ten, new CountedImages(2, first: 50, labels: [2, 1], classNames: Names, embeddingWidth: 2));
        var both = first.Concat(second);
        Assert.That(CountedImages.Values(both), Is.EqualTo(Enumerable.Range(0, 10).Append(50).Append(51)));
        Assert.That(both.Labels, Is.EqualTo(first.Labels!.Append(2).Append(1)));
        Assert.That(CountedImages.Embeddings(both)[9..], Is.EqualTo(new[] { 9, 50, 51 }));
        both.Expect([11, 3, 10, 3]);
        Assert.That((first.Expected.Single(), second.Expected.Single()), Is.EqualTo((new[] { 3, 3 }, new[] { 1, 0 })));
        Assert.That(() => both.CopyTo(12, new byte[6]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Concat_OfWhatDiffers_NamesIt()
    {
        int[] labels = [0, 0];
        foreach (var (other, odd) in new (CountedImages, string)[]
        {
            (new(2) { Shape = new(3, 2, 3) }, "3 x 2 x 3"),
            (new(2), "only those of the first"),
            (new(2, labels: labels, embeddingWidth: 2), "only the first have any"),
            (new(2, labels: labels, classNames: ["cat", "dog"], embeddingWidth: 2), "'elk' is among the first 3"),
            (new(2, labels: labels, classNames: ["cat", "dog", "elk", "fox"], embeddingWidth: 2), "'fox' is among the second 4"),
            (new(2, labels: labels, classNames: ["dog", "cat", "elk"], embeddingWidth: 2), "class 0 is 'cat' in the first and 'dog' in the second"),
            (new(2, labels: labels, classNames: ["cat", "dog", "elk", "elk"], embeddingWidth: 2), "class 3 is '' in the first"),
            (new(2, labels: labels, classNames: Names, embeddingWidth: 3), "2 and 3 numbers"),
            (new(int.MaxValue, labels: new Zeros(), classNames: Names, embeddingWidth: 2), $"at most {int.MaxValue}"),
        })
            Assert.That(() => Ten.Concat(other), Throws.ArgumentException.With.Message.Contains(odd), odd);
    }

    [Test]
    public void Repeat_ComesRoundAgain()
    {
        var ten = Ten;
        var thrice = ten.Repeat(3);
        Assert.That(CountedImages.Values(thrice), Is.EqualTo(Enumerable.Range(0, 30).Select(i => i % 10)));
        Assert.That(thrice.Labels, Is.EqualTo(Enumerable.Range(0, 30).Select(i => ten.Labels![i % 10])));
        Assert.That(thrice.Labels![29], Is.EqualTo(0));
        Assert.That(CountedImages.Embeddings(thrice)[25], Is.EqualTo(5));
        thrice.Expect([29, 9]);
        Assert.That(ten.Expected.Single(), Is.EqualTo(new[] { 9, 9 }));
        Assert.That(() => ten.Repeat(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ten.Repeat(int.MaxValue / 10 + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => thrice.CopyTo(30, new byte[6]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private sealed class Zeros : IReadOnlyList<int>
    {
        public int Count => int.MaxValue;

        public int this[int index] => 0;

        public IEnumerator<int> GetEnumerator() => Enumerable.Repeat(0, Count).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
