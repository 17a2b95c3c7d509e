using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>Neighbours counted by hand and pair by pair.</summary>
public class NeighbourMetricsTests
{
    private static Tensor Points(params float[] numbers) => tensor(numbers, [numbers.Length, 1]);

    // With k = 1 the real points reach 1, 1, 1 and 8, the generated ones 0.5, 0.5 and 87.5.
    [Test]
    public void Measure_OfPointsOnALine_IsCountedByHand()
    {
        using var real = Points(0, 1, 2, 10);
        using var generated = Points(1.5f, 2, 100);

        var found = new NeighbourMetrics { Neighbours = 1 }.Measure(real, generated);

        // 1.5 is nearer than 1 to 1 and 2; 2 to 2 only (1 is not nearer than 1; 10 is 8 away, not less); 100 to none.
        Assert.That(found.Precision, Is.EqualTo(2.0 / 3).Within(1e-12));
        Assert.That(found.Density, Is.EqualTo((2 + 1) / 3.0).Within(1e-12));
        // 1 is not nearer than 0.5 to 1.5, and 2 is at 2 itself; 100 reaches all that are nearer than 98: 10, and not 2 (98).
        Assert.That(found.Recall, Is.EqualTo(2.0 / 4).Within(1e-12));
        Assert.That(found.Coverage, Is.EqualTo(2.0 / 4).Within(1e-12));
    }

    [Test]
    public void Measure_OfASetAndItself_IsFull()
    {
        using var x = randn(60, 4);

        var found = new NeighbourMetrics { Neighbours = 3 }.Measure(x, x);

        Assert.That((found.Precision, found.Recall, found.Coverage), Is.EqualTo((1.0, 1.0, 1.0)));
        // Each point is within reach of itself, and of as many others as have it among their nearest 3, but not as their third.
        Assert.That(found.Density, Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Measure_OfSetsFarApart_IsNothing()
    {
        using var x = randn(30, 4);
        using var far = x + 1000;

        var found = new NeighbourMetrics().Measure(x, far);

        Assert.That((found.Precision, found.Recall, found.Density, found.Coverage), Is.EqualTo((0.0, 0.0, 0.0, 0.0)));
    }

    [Test]
    public void Measure_DoesNotDependOnTheOrder()
    {
        using var x = randn(100, 8);
        using var y = randn(80, 8);
        using var flipped = x.flip(0);
        using var shuffled = y.index_select(0, randperm(80));

        Assert.That(new NeighbourMetrics().Measure(flipped, shuffled), Is.EqualTo(new NeighbourMetrics().Measure(x, y)));
    }

    [Test]
    public void Measure_OfTooFew_IsRefused()
    {
        using var five = randn(5, 2);
        using var many = randn(20, 2);

        Assert.That(() => new NeighbourMetrics().Measure(five, many), Throws.ArgumentException.With.Message.Contains("at least 6"));
        Assert.That(() => new NeighbourMetrics().Measure(many, many, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => new NeighbourMetrics { Neighbours = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Measure_LeavesNothing() => Expect.NoLeak(() =>
    {
        using var x = randn(10, 2);
        new NeighbourMetrics().Measure(x, x);
    });
}
