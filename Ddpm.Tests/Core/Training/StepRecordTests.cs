namespace Ddpm.Tests.Core.Training;

public class StepRecordTests
{
    [Test]
    public void ByQuarter_IsTheMeanOfEachQuartersImages()
    {
        var means = StepRecord.ByQuarter([0, 0.2499, 0.25, 0.75, 0.999, 1, -0.1], [1f, 2f, 3f, 4f, 5f, 6f, 6f]);
        Assert.That(means, Is.EqualTo(new[] { 3, 3, double.NaN, 5 }));
        Assert.That(StepRecord.ByQuarter([], []), Is.EqualTo(Enumerable.Repeat(double.NaN, 4)));
    }

    // Every step t of T = 1,000 as t/T: 250 in each quarter.
    [Test]
    public void ByQuarter_OfEveryStep_HasAQuarterOfThem()
    {
        double[] fractions = [.. Enumerable.Range(0, 1000).Select(t => t / 1000.0)];
        for (var quarter = 0; quarter < 4; quarter++)
        {
            float[] losses = [.. Enumerable.Range(0, 1000).Select(t => t / 250 == quarter ? 1f : 0f)];
            var expected = Enumerable.Range(0, 4).Select(i => i == quarter ? 1.0 : 0.0).ToArray();
            Assert.That(StepRecord.ByQuarter(fractions, losses), Is.EqualTo(expected));
            DiffusionPoint[] points = [.. Enumerable.Range(0, 1000).Select(t => new DiffusionPoint(t, 0, 1))];
            Assert.That(StepRecord.ByQuarter(points, 1000, losses), Is.EqualTo(expected));
        }
    }

    [Test]
    public void ByQuarter_OfALossThatIsNotFinite_IsNotFiniteInItsQuarterAlone() => Assert.That(
        StepRecord.ByQuarter([0.1, 0.1, 0.9], [1f, float.NaN, 2f]), Is.EqualTo(new[] { double.NaN, double.NaN, double.NaN, 2 }));

    [Test]
    public void ByQuarter_OfWhatDoesNotAgree_IsRefused()
    {
        Assert.That(() => StepRecord.ByQuarter([0.1], []), Throws.ArgumentException.With.Message.Contains("1 fractions and 0 losses"));
        Assert.That(() => StepRecord.ByQuarter([0.1, double.NaN], [1f, 1f]), Throws.ArgumentException.With.Message.Contains("image 1"));
    }
}
