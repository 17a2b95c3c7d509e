namespace Ddpm.Tests.Core.Training;

public class RunningMeanTests
{
    [Test]
    public void Value_IsTheMeanOfTheLastNumbers()
    {
        var (mean, values, random) = (new RunningMean(7), new List<double>(), new Random(2));
        Assert.That(mean.Value, Is.NaN);
        for (var i = 0; i < 50; i++)
        {
            values.Add(random.NextDouble());
            mean.Add(values[^1]);
            Assert.That(mean.Value, Is.EqualTo(values.TakeLast(7).Average()).Within(1e-15));
        }
    }

    [Test]
    public void Add_OfWhatIsNotFinite_ChangesNothing()
    {
        var mean = new RunningMean();
        foreach (var value in (double[])[1, double.NaN, 3, double.PositiveInfinity])
            mean.Add(value);
        Assert.That(mean.Value, Is.EqualTo(2));
    }

    [Test]
    public void OfNoNumbers_IsRefused() => Assert.That(() => new RunningMean(0), Throws.TypeOf<ArgumentOutOfRangeException>());
}
