namespace Ddpm.Tests.Core;

public class DiffusionPathTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    [Test]
    public void At_AnyStep_HasUnitVariance([Values(0, 1, 499, 999)] int t)
    {
        var point = Path.At(t);
        Assert.That(point.Alpha * point.Alpha + point.Sigma * point.Sigma, Is.EqualTo(1).Within(1e-15));
        Assert.That(point.Lambda, Is.EqualTo(-Math.Log(point.Rho)).Within(1e-12));
    }

    [Test]
    public void At_TheData_IsTheImageItself() => Assert.That(Path.At(-1), Is.EqualTo(DiffusionPoint.Data));

    [Test]
    public void At_BetweenSteps_IsBetweenThem()
    {
        var (low, middle, high) = (Path.At(500), Path.At(500.25), Path.At(501));
        Assert.That(middle.Rho, Is.EqualTo(low.Rho + 0.25 * (high.Rho - low.Rho)).Within(1e-12));
        Assert.That(middle.T, Is.EqualTo(500.25));
        Assert.That(Path.At(500.0), Is.EqualTo(low));
    }

    [Test]
    public void AtRho_OfAStep_IsThatStep([Values(0, 17, 999)] int t) => Assert.That(Path.AtRho(Path.At(t).Rho).T, Is.EqualTo(t));

    [Test]
    public void AtRho_BetweenSteps_IsLinearInItsLogarithm()
    {
        var rho = Math.Sqrt(Path.At(500).Rho * Path.At(501).Rho);
        var point = Path.AtRho(rho);
        Assert.That(point.T, Is.EqualTo(500.5).Within(1e-9));
        Assert.That(point.Rho, Is.EqualTo(rho).Within(1e-12));
    }

    [Test]
    public void AtRho_BeyondTheEnds_KeepsItsNoiseAndStaysInRange()
    {
        Assert.That(Path.AtRho(1e6),
            Has.Property(nameof(DiffusionPoint.T)).EqualTo(999).And.Property(nameof(DiffusionPoint.Rho)).EqualTo(1e6).Within(1));
        Assert.That(Path.AtRho(1e-6).T, Is.Zero);
        Assert.That(Path.AtRho(0), Is.EqualTo(DiffusionPoint.Data));
    }

    [Test]
    public void Path_ToPureNoise_HasFiniteLevelsBetweenItsSteps()
    {
        var path = new DiffusionPath(new ZeroTerminalSnrSchedule(new LinearSchedule()));
        Assert.That(path.HighestRho, Is.EqualTo(4096));
        Assert.That(path.At(998.5).Rho, Is.EqualTo(path.At(998).Rho * 1.5).Within(1e-6));
        Assert.That(path.AtRho(double.PositiveInfinity), Is.EqualTo(new DiffusionPoint(999, 0, 1)));
        Assert.That(path.AtRho(path.At(998).Rho * 2).T, Is.InRange(998, 999));
    }

    [Test]
    public void Path_OfBetasThatLeaveNothing_SaysSo() =>
        Assert.That(() => new DiffusionPath(new TabulatedSchedule(Enumerable.Repeat(0.999, 1000))),
            Throws.ArgumentException.With.Message.Contains("underflows"));
}
