namespace Ddpm.Tests.Core;

public class NetworkInputTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    [Test]
    public void Told_IsTheMeasureTimesTheFactor()
    {
        var at = Path.At(300);
        Assert.That(NetworkInput.Step.Told(at), Is.EqualTo(300));
        Assert.That((NetworkInput.Step with { Factor = 0.25 }).Told(at), Is.EqualTo(75));
        Assert.That(NetworkInput.Edm.Told(at), Is.EqualTo(Math.Log(at.Sigma / at.Alpha) / 4));
        Assert.That(NetworkInput.Rho.Told(at), Is.EqualTo(at.Sigma / at.Alpha));
        Assert.That(new NetworkInput { Measure = PointMeasure.LogRho, Factor = 2, Told = point => -point.T }.Told(at), Is.EqualTo(-300));
    }

    // What is saved must be what is compared: two inputs that tell the same are equal, and a function makes them differ.
    [Test]
    public void Equality_IsOfWhatIsShownAndTold()
    {
        Assert.That(new NetworkInput(), Is.EqualTo(NetworkInput.Step));
        Assert.That(NetworkInput.Edm with { DataDeviation = 1 }, Is.EqualTo(new NetworkInput { Measure = PointMeasure.LogRho, Factor = 0.25 }));
        Assert.That(NetworkInput.Rho, Is.Not.EqualTo(NetworkInput.Step));
        Assert.That(new NetworkInput { Told = at => at.T }, Is.Not.EqualTo(NetworkInput.Step));
    }

    [Test]
    public void WrongSettings_AreRefused()
    {
        foreach (var factor in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.That(() => new NetworkInput { Factor = factor }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("factor"));
        Assert.That(() => new NetworkInput { Measure = (PointMeasure)9 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NetworkInput { Told = null! }, Throws.ArgumentNullException);
    }
}
