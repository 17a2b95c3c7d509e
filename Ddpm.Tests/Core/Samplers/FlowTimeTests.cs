namespace Ddpm.Tests.Core.Samplers;

/// <summary>Times of flow matching, by formula and as diffusers' schedulers have them.</summary>
public class FlowTimeTests
{
    private const string File = "edm-flow/edm-flow.json";
    private static readonly DiffusionPath
        ToNoise = new(new ZeroTerminalSnrSchedule(new LinearSchedule())), Linear = new(new LinearSchedule());

    private static IEnumerable<TestCaseData> Cases => Recordings.Cases(
        File, () => Recordings.Index(File).EnumerateObject().Where(each => each.Value.Find("sigmas") is not null).Select(each => each.Name));

    // Their σ of the process's clean end is 1/T, which their table shifts, and shifts again with the others. Heun's schedulers list a time twice.
    [TestCaseSource(nameof(Cases))]
    public void FlowTime_IsDiffusers(string name)
    {
        var recording = Recordings.Index(File).GetProperty(name);
        var (steps, shift) = (recording.GetProperty("steps").GetInt32(), recording.GetProperty("shift").GetDouble());
        double[] sigmas = [.. recording.GetProperty("sigmas").Numbers().SkipLast(1).Distinct()];
        var clean = sigmas[0] / recording.GetProperty("timesteps").Numbers()[0];
        var lowest = shift * clean / (1 + (shift - 1) * clean);
        var points = TimestepSpacing.FlowTime(steps, shift, lowest).Select(ToNoise);
        Assert.That(Times(points), Is.EqualTo(sigmas).Within(3e-7));     // float32, a few roundings of numbers up to 1
        Assert.That(points[0], Is.EqualTo(ToNoise.At(ToNoise.Steps - 1)));
    }

    [Test]
    public void FlowTime_WithoutALowest_EndsAtStepZero() =>
        Assert.That(TimestepSpacing.FlowTime(5).Select(ToNoise)[^1].Rho, Is.EqualTo(ToNoise.LowestRho).Within(1e-12));

    [Test]
    public void FlowTime_WithoutAShift_IsEven()
    {
        var times = Times(TimestepSpacing.FlowTime(6).Select(Linear));
        Assert.That(times, Is.EqualTo(Grid.Linspace(Linear.HighestRho / (1 + Linear.HighestRho), times[^1], 6)).Within(1e-12));
    }

    // τ'/(1 - τ') is s τ/(1 - τ), and the shift by 1/s takes it back.
    [Test]
    public void FlowTime_Shifted_HasRhosOfSoManyTimes([Values(0.25, 3)] double shift)
    {
        var plain = TimestepSpacing.FlowTime(7).Select(Linear);
        var shifted = TimestepSpacing.FlowTime(7, shift).Select(Linear);
        Assert.That(shifted.Zip(plain, (high, low) => high.Rho / low.Rho), Is.All.EqualTo(shift).Within(1e-9));
    }

    [Test]
    public void FlowTime_OutOfRange_IsRefused()
    {
        Assert.That(() => TimestepSpacing.FlowTime(5, shift: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => TimestepSpacing.FlowTime(5, shift: double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => TimestepSpacing.FlowTime(5, lowest: 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => TimestepSpacing.FlowTime(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => TimestepSpacing.FlowTime(2, lowest: 0.999).Select(Linear), Throws.ArgumentException.With.Message.Contains("must fall"));
    }

    [Test]
    public void Check_FromPureNoise_Fits([Values("euler", "heun", "dpmsolver++", "ddim")] string name)
    {
        var sampler = NamedSamplers.Create(name, 4) with { Spacing = TimestepSpacing.FlowTime(4, shift: 3) };
        Assert.That(() => sampler.Check(ToNoise), Throws.Nothing);
    }

    private static double[] Times(IEnumerable<DiffusionPoint> points) =>
        [.. points.Select(point => double.IsInfinity(point.Rho) ? 1 : point.Rho / (1 + point.Rho))];
}
