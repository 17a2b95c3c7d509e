using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class ParameterizationTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static readonly Parameterization[] All =
    [
        Parameterization.Epsilon, Parameterization.X0, Parameterization.V, Parameterization.V with { SigmaData = 0.3 }, Parameterization.Edm(),
        Parameterization.Edm(1.5), Parameterization.Flow(),
    ];

    [Test]
    public void Time_IsTheMeasureTimesTheFactor()
    {
        var at = Path.At(300);
        Assert.That(Parameterization.Epsilon.Time(at), Is.EqualTo(300));
        Assert.That((Parameterization.Epsilon with { TimeFactor = 0.25 }).Time(at), Is.EqualTo(75));
        Assert.That(Parameterization.Edm().Time(at), Is.EqualTo(Math.Log(at.Sigma / at.Alpha) / 4));
        Assert.That((Parameterization.Epsilon with { TimeInput = TimeConditioning.Rho }).Time(at), Is.EqualTo(at.Sigma / at.Alpha));
        Assert.That(Parameterization.Flow().Time(at), Is.EqualTo(1000 * at.Sigma / (at.Alpha + at.Sigma)));
    }

    // Karras et al. 2022, table 1, in their variables: their x is x/α, their sigma ρ.
    [Test]
    public void Edm_IsTable1([Values(0.5, 1, 0.3)] double s, [Values(0, 300, 999)] int t)
    {
        var (at, edm) = (Path.At(t), Parameterization.Edm(s));
        var ρ = at.Rho;
        var (cSkip, cOut, cIn) = (s * s / (ρ * ρ + s * s), ρ * s / Math.Sqrt(ρ * ρ + s * s), 1 / Math.Sqrt(ρ * ρ + s * s));
        Assert.That(edm.InputScale(at) * at.Alpha, Is.EqualTo(cIn).Within(1e-12).Percent);
        var (ofX0, ofEpsilon) = edm.Target(at);                 // F = (x_0 - c_skip (x_0 + ρ ε))/c_out
        Assert.That(ofX0, Is.EqualTo((1 - cSkip) / cOut).Within(1e-9).Percent);
        Assert.That(ofEpsilon, Is.EqualTo(-cSkip * ρ / cOut).Within(1e-9).Percent);
        // λ(σ) on D: (σ² + s²)/(σ s)², so 1 on F.
        Assert.That(Math.Pow(edm.LossFactor(PredictionType.X0, at), -2), Is.EqualTo((ρ * ρ + s * s) / Math.Pow(ρ * s, 2)).Within(1e-9).Percent);
    }

    [Test]
    public void Flow_IsTheStraightLine()
    {
        var at = new DiffusionPath(new FlowMatchingSchedule()).At(299);
        Assert.That(at.FlowTime, Is.EqualTo(0.3).Within(1e-12));
        var z = Parameterization.Flow().InputScale(at);
        Assert.That(z * at.Alpha, Is.EqualTo(0.7).Within(1e-12));
        Assert.That(z * at.Sigma, Is.EqualTo(0.3).Within(1e-12));
        Assert.That(Parameterization.Flow().Target(at), Is.EqualTo((-1.0, 1.0)));
    }

    // The target of known x_0 and ε is read back as these, in double to rounding.
    [TestCaseSource(nameof(All))]
    public void Reading_IsTheInverseOfTheTarget(Parameterization parameterization)
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (CosineNoise.Draw(1, 4, 3, 2, 2).to(float64) * 0.3, CosineNoise.Draw(2, 4, 3, 2, 2).to(float64));
        var each = new PointBatch([Path.At(0), Path.At(15), Path.At(500), Path.At(999)]);
        var x = GaussianDiffusion.Diffuse(x0, each.Points, ε);
        var target = parameterization.Target(x0, ε, each);
        Expect.Close(parameterization.X0Of(x, target, each), x0, 1e-11);        // ρ up to 157 times the rounding of double
        Expect.Close(parameterization.EpsilonOf(x, target, each), ε, 1e-11);
        var one = new PointBatch(Path.At(15));
        Expect.Close(parameterization.X0Of(x[1..2], parameterization.Target(x0[1..2], ε[1..2], one), one), x0[1..2], 1e-12);
    }

    // A wrong output differs from the right one in every space by the factors that are said: all pairs.
    [Test]
    public void LossFactor_TurnsDifferencesIntoThoseOfAnotherSpace(
        [Values] PredictionType from, [Values] PredictionType space, [Values(0.5, 1)] double s)
    {
        using var scope = NewDisposeScope();
        var (own, other) = (new Parameterization { Prediction = from, SigmaData = s }, new Parameterization { Prediction = space, SigmaData = s });
        foreach (var at in new[] { Path.At(3), Path.At(400), Path.At(900) })
        {
            var points = new PointBatch(at);
            var (x, right, wrong) = (CosineNoise.Draw(1, 1, 1, 2, 2).to(float64), CosineNoise.Draw(2, 1, 1, 2, 2).to(float64),
                CosineNoise.Draw(3, 1, 1, 2, 2).to(float64));
            Tensor In(Tensor output) => other.Target(own.X0Of(x, output, points), own.EpsilonOf(x, output, points), points);
            Expect.RelativelyClose(In(right) - In(wrong), own.LossFactor(space, at) * (right - wrong), 1e-10);
        }
    }

    // What is saved must be what is compared.
    [Test]
    public void Equality_IsOfWhatItSays()
    {
        Assert.That(new Parameterization(), Is.EqualTo(Parameterization.Epsilon));
        Assert.That(Parameterization.Edm(), Is.EqualTo(Parameterization.Edm(0.5)));
        Assert.That(Parameterization.Edm(), Is.Not.EqualTo(Parameterization.Edm(1)));
        Assert.That(Parameterization.Flow().ToString(), Does.Contain("FlowTime").And.Contain("1000"));
    }

    [Test]
    public void WrongSettings_AreRefused()
    {
        foreach (var factor in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.That(() => new Parameterization { TimeFactor = factor },
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("factor"));
            Assert.That(() => Parameterization.Edm(factor), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("deviation"));
        }
        Assert.That(() => new Parameterization { TimeInput = (TimeConditioning)9 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Parameterization { Input = (InputScaling)9 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Parameterization { Prediction = (PredictionType)9 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Parameterization { Variance = (LearnedVariance)9 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
