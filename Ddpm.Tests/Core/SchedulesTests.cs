namespace Ddpm.Tests.Core;

public class SchedulesTests
{
    // Published: Ho et al.'s linear schedule. Six digits are given.
    [TestCase(499, 0.0785872, 5e-8)]
    [TestCase(999, 4.03583e-5, 5e-11)]
    public void Linear_AlphaBar_IsThePublishedValue(int t, double expected, double tolerance) =>
        Assert.That(new DiffusionPath(new LinearSchedule()).AlphaBar(t), Is.EqualTo(expected).Within(tolerance));
}
