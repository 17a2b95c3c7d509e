using Ddpm.Distributed;
using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

public class FlatSlicesTests
{
    [Test]
    public void Slices_AreTheWhole_BeginAtVectors_AndDifferByOneAtMost()
    {
        foreach (var length in (long[])[0, 1, 63, 64, 65, 112, 1000, 35_746_307, 5_000_000_001])
            for (var size = 1; size < 9; size++)
            {
                var counts = new FlatSlices(length, 0, size).Counts;
                Assert.That((counts.Count, counts.Sum()), Is.EqualTo((size, length)));
                Assert.That(counts.Min(), Is.GreaterThanOrEqualTo(0));
                Assert.That(counts.Max() - counts.Min(), Is.LessThanOrEqualTo(64));
                Assert.That(counts.SkipLast(1).Select(count => count % 64), Is.All.Zero);
            }
    }

    [Test]
    public void Own_AreTheNumbersInOrder_AndTheNormIsThatOfAll()
    {
        using var scope = NewDisposeScope();
        var flat = arange(1000, ScalarType.Float64);
        var all = Enumerable.Range(0, 7).Select(rank => new FlatSlices(1000, rank, 7)).ToArray();
        Assert.That(cat([.. all.Select(slices => slices.Own(flat))]).data<double>().ToArray(), Is.EqualTo(Enumerable.Range(0, 1000)));
        var norm = all[3].Norm(flat).item<double>();
        Assert.That(norm, Is.EqualTo(Math.Sqrt(999.0 * 1000 * 1999 / 6)).Within(1e-9));
        double[] own = [.. all.Select(slices => slices.Own(flat).norm().item<double>())];
        var shared = all[3].Norm(all[3].Own(flat), sums =>
        {
            Assert.That(sums.data<double>().ToArray(), Is.EqualTo(own.Select((value, rank) => rank == 3 ? value : 0)));
            sums.copy_(tensor(own));
        });
        Assert.That(shared.item<double>(), Is.EqualTo(norm));
    }

    // Slices of several lengths, some empty, in parts from the smallest to more than all.
    [Test]
    public void Parts_HaveEachNumberOnce_AndAPieceOfEachSlice([Values(3, 4, 7, 20, 300)] int most)
    {
        foreach (var counts in (long[][])[[10, 0, 3], [0, 0, 0], [1, 1, 1], [0, 0, 100], [64, 64, 5]])
        {
            var parts = SliceParts.Of(counts, most).ToArray();
            var slices = Enumerable.Range(0, 3).Select(i => (First: counts.Take(i).Sum(), Count: counts[i])).ToArray();
            for (var i = 0; i < 3; i++)
                Assert.That(
                    parts.SelectMany(pieces => Enumerable.Range(0, pieces[i].Count).Select(j => pieces[i].First + j)),
                    Is.EqualTo(Enumerable.Range(0, (int)slices[i].Count).Select(j => slices[i].First + j)));
            Assert.That(parts.Select(pieces => pieces.Sum(piece => piece.Count)), Is.All.InRange(1, most));
        }
    }

    [Test]
    public void ATakenPart_IsThePiecesTogether_AndGoesBackToWhereItWas()
    {
        using var scope = NewDisposeScope();
        var values = arange(10, ScalarType.Float32);
        var parts = SliceParts.Of([6, 4], 6).ToArray();
        Assert.That(parts, Has.Length.EqualTo(2));
        var part = SliceParts.Take(values, parts[1]);
        Assert.That(part.data<float>().ToArray(), Is.EqualTo((float[])[3, 4, 5, 9]));
        SliceParts.PutBack(part.neg(), values, parts[1]);
        Assert.That(values.data<float>().ToArray(), Is.EqualTo((float[])[0, 1, 2, -3, -4, -5, 6, 7, 8, -9]));
        Assert.That(SliceParts.Take(values, SliceParts.Of([6, 4], 12).Single()), Is.SameAs(values));
    }
}
