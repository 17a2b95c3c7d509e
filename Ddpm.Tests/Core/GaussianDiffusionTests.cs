using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>
/// The paper's equations against each other and against Bayes' rule.
/// Tolerances: float32 tensors of size about 1, so 1e-5 allows for a few roundings.
/// </summary>
public class GaussianDiffusionTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule());

    private static Tensor Noise(ulong seed) => new SeededNoise(seed).Draw([2, 3, 4, 4]);

    [Test]
    public void PosteriorMean_AtTheFirstStep_IsTheCleanImage()
    {
        using var scope = NewDisposeScope();
        var x0 = Noise(1);
        Expect.Close(Process.Posterior(0).Mean(Noise(2), x0), x0, 1e-6);
    }

    [Test]
    public void Posterior_AtAnyStep_IsBayesRule([Values(1, 10, 500, 999)] int t)
    {
        using var scope = NewDisposeScope();
        var (xt, x0) = (Noise(1), Noise(2));
        var (β, ᾱPrevious) = (Process.Path.Beta(t), Process.Path.AlphaBar(t - 1));
        // q(x_{t-1} | x_t, x_0) ∝ N(x_t; √α x_{t-1}, β) N(x_{t-1}; √ᾱ' x_0, 1-ᾱ'): precisions add.
        var precision = (1 - β) / β + 1 / (1 - ᾱPrevious);
        var mean = (Math.Sqrt(1 - β) / β * xt + Math.Sqrt(ᾱPrevious) / (1 - ᾱPrevious) * x0) / precision;
        Expect.Close(Process.Posterior(t).Mean(xt, x0), mean, 1e-5);
        Assert.That(Process.Posterior(t).Variance, Is.EqualTo(1 / precision).Within(1e-12));
    }

    // The values that diffusers' own tests publish for its fixed_small variance.
    [TestCase(0, 0.0, 1e-15)]
    [TestCase(487, 0.00979, 1e-5)]
    [TestCase(999, 0.02, 1e-5)]
    public void PosteriorVariance_OfTheLinearSchedule_IsThePublishedValue(int t, double expected, double tolerance) =>
        Assert.That(Process.Posterior(t).Variance, Is.EqualTo(expected).Within(tolerance));

    // Eq. (11):  μ_θ(x_t, t) = 1/√α_t (x_t - β_t/√(1-ᾱ_t) ε_θ), which follows from (7) and (15).
    private static Tensor ReverseMean(Tensor xt, Tensor ε, int t)
    {
        var (β, σ) = (Process.Path.Beta(t), Process.Path.At(t).Sigma);
        return (xt - β / σ * ε) / Math.Sqrt(1 - β);
    }

    [Test]
    public void PosteriorMean_WithTheX0OfTheNoise_IsTheReverseMean([Values(0, 1, 500, 999)] int t)
    {
        using var scope = NewDisposeScope();
        var (xt, ε) = (Noise(1), Noise(2));
        var x0 = Parameterization.Epsilon.X0Of(Process, xt, ε, [t, t]);
        // x_0 is large near t = 999 (1/√ᾱ = 157), hence a float32 error of 157 · 6e-8 · a few in the sum.
        Expect.Close(Process.Posterior(t).Mean(xt, x0), ReverseMean(xt, ε, t), 1e-4);
    }

    [Test]
    public void X0_OfADiffusedImageByItsNoise_IsTheImage([Values(0, 300, 700)] int t)
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (Noise(1), Noise(2));
        Expect.Close(Parameterization.Epsilon.X0Of(Process, Process.Diffuse(x0, t, ε), ε, [t, t]), x0, 1e-5);
    }

    [Test]
    public void Diffuse_WithAStepForEachImage_IsTheSameAsOneByOne()
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (Noise(1), Noise(2));
        var both = Process.Diffuse(x0, [7, 640], ε);
        Expect.Close(both[..1], Process.Diffuse(x0[..1], 7, ε[..1]), 1e-6);
        Expect.Close(both[1..], Process.Diffuse(x0[1..], 640, ε[1..]), 1e-6);
    }

    [Test]
    public void AlphaBar_IsWhatStepByStepNoiseLeaves()
    {
        // Variance of the image's part under x_t = √(1-β) x_{t-1} + √β z, and of the noise's part: they add up to 1.
        var (image, noise) = (1.0, 0.0);
        for (var t = 0; t < Process.Steps; t++)
        {
            (image, noise) = ((1 - Process.Path.Beta(t)) * image, (1 - Process.Path.Beta(t)) * noise + Process.Path.Beta(t));
            Assert.That(Process.Path.AlphaBar(t), Is.EqualTo(image).Within(1e-14));
            Assert.That(Math.Pow(Process.Path.At(t).Sigma, 2), Is.EqualTo(noise).Within(1e-12));
        }
    }

    [TestCase(LossKind.L2, 0.5 * 0.5, 3.0 * 3.0)]
    [TestCase(LossKind.SmoothL1, 0.5 * 0.5 / 2, 3.0 - 0.5)]
    public void Loss_OfAConstantError_IsItsClosedForm(LossKind kind, double below1, double above1)
    {
        using var scope = NewDisposeScope();
        foreach (var (error, expected) in new[] { (0.5, below1), (3.0, above1) })
        {
            var ε = Noise(2);
            var denoiser = new FormulaDenoiser((_, _) => ε + error);
            Assert.That(Process.Loss(denoiser, Noise(1), [3, 900], ε, kind).item<float>(), Is.EqualTo(expected).Within(1e-6));
        }
    }

    [Test]
    public void Loss_WithLearnedVariance_LooksAtTheFirstHalf()
    {
        using var scope = NewDisposeScope();
        var ε = Noise(2);
        var denoiser = new FormulaDenoiser((_, _) => cat([ε, ε * 100], 1));
        Assert.That(Process.Loss(denoiser, Noise(1), [3, 900], ε).item<float>(), Is.Zero);
    }

    [Test]
    public void TrainingTarget_OfV_IsTheTurnedPair()
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (Noise(1), Noise(2));
        // (x_t, v) is (x_0, ε) turned by an angle, so x_t² + v² = x_0² + ε², and α x_t - σ v = x_0 (Salimans and Ho 2022, appendix D).
        var (xt, v) = (Process.Diffuse(x0, [3, 700], ε), Parameterization.V.Target(Process, x0, [3, 700], ε));
        Expect.Close(xt.square() + v.square(), x0.square() + ε.square(), 1e-5);
        var at = Process.Path.At(700);
        Expect.Close(at.Alpha * xt[1..] - at.Sigma * v[1..], x0[1..], 1e-5);
    }

    [Test]
    public void Loss_OfTheTarget_IsZero([Values] PredictionType prediction)
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (Noise(1), Noise(2));
        var own = new Parameterization { Prediction = prediction };
        var exact = new FormulaDenoiser((_, _) => own.Target(Process, x0, [3, 900], ε));
        Assert.That(Process.Loss(exact, x0, [3, 900], ε, parameterization: own).item<float>(), Is.Zero);
        var off = new FormulaDenoiser((_, _) => own.Target(Process, x0, [3, 900], ε) + 0.5);
        Assert.That(Process.Loss(off, x0, [3, 900], ε, parameterization: own).item<float>(), Is.EqualTo(0.25).Within(1e-6));
    }

    [TestCase(-1)]
    [TestCase(1000)]
    public void Diffuse_OutsideTheProcess_NamesTheRule(int t)
    {
        using var scope = NewDisposeScope();
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => Process.Posterior(t).Mean(Noise(1), Noise(2)));
        Assert.That(fault.Message, Does.Contain("0..999").And.Contain($"{t}"));
    }
}
