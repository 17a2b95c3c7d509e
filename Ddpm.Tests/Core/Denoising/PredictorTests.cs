using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class PredictorTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static Prediction Ask(PredictorOptions options, DiffusionPoint at, Tensor x, Func<Tensor, Tensor> output, bool keepEpsilon = false) =>
        new Predictor(new FormulaDenoiser((x, t) => output(x)), Path, options).Predict(x, at, keepEpsilon);

    [Test]
    public void Predict_OfAnyType_SeparatesImageAndNoise([Values] PredictionType type, [Values(0, 500, 999)] int t)
    {
        using var scope = NewDisposeScope();
        var (x0, ε) = (new SeededNoise(1).Draw([2, 3, 4, 4]).to(ScalarType.Float64), new SeededNoise(2).Draw([2, 3, 4, 4]).to(ScalarType.Float64));
        var at = Path.At(t);
        var output = type switch
        {
            PredictionType.X0 => x0,
            PredictionType.V => at.Alpha * ε - at.Sigma * x0,
            PredictionType.Edm => at.Sigma * x0 - at.Alpha * ε,
            PredictionType.Flow => ε - x0,
            _ => ε,
        };
        var found = Ask(new() { Parameterization = new() { Prediction = type }, Clip = null }, at, at.Alpha * x0 + at.Sigma * ε, _ => output.alias());
        Expect.Close(found.X0, x0, 1e-12);       // double; ε through 1/α up to 157
        Expect.Close(found.Epsilon, ε, 1e-12);
    }

    [TestCase(PredictionType.V)]
    [TestCase(PredictionType.X0)]
    public void Predict_InPureNoise_TakesXForTheNoise(PredictionType type)
    {
        using var scope = NewDisposeScope();
        var path = new DiffusionPath(new ZeroTerminalSnrSchedule(new LinearSchedule()));
        var (x, x0) = (new SeededNoise(1).Draw([2, 3, 4, 4]), new SeededNoise(2).Draw([2, 3, 4, 4]));
        var predictor = new Predictor(
            new FormulaDenoiser((_, _) => type == PredictionType.V ? -x0 : x0.alias()), path,
            new() { Parameterization = new() { Prediction = type }, Clip = null });
        var found = predictor.Predict(x, path.At(999));
        Expect.Same(found.X0, x0);
        Expect.Same(found.Epsilon, x);
    }

    [Test]
    public void Predictor_OfEpsilonAtPureNoise_SaysWhy() =>
        Assert.That(() => new Predictor(new FormulaDenoiser((x, t) => x), new(new ZeroTerminalSnrSchedule(new LinearSchedule()))),
            Throws.ArgumentException.With.Message.Contains("zero terminal SNR").And.Message.Contains("epsilon"));

    [Test]
    public void Predict_KeepingEpsilon_LeavesTheNetworksOwn([Values] bool keep)
    {
        using var scope = NewDisposeScope();
        var (x, at) = (new SeededNoise(1).Draw([1, 3, 4, 4]), Path.At(300));
        var found = Ask(new(), at, x, x => -x, keep);
        Assert.That(found.X0.abs().max().item<float>(), Is.EqualTo(1));
        Expect.Close(found.Epsilon, keep ? -x : (x - at.Alpha * found.X0) / at.Sigma, 1e-6);
    }

    // Eight values 0.25, 0.5, … 2: the 0.9 quantile lies at 6.3 of 0 … 7, so it is 1.75 + 0.3 · 0.25 = 1.825.
    [TestCase(0.9, 3, 1.825)]
    [TestCase(0.9, 1.5, 1.5)]
    [TestCase(0.1, 3, 1)]
    [TestCase(1, 3, 2)]
    public void Threshold_IsTheQuantileOfEachImage(double ratio, double maximum, double s)
    {
        using var scope = NewDisposeScope();
        var x0 = cat([linspace(0.25, 2, 8).view(1, 2, 2, 2) * -1, zeros(1, 2, 2, 2)]);
        var found = Ask(
            new() { Parameterization = Parameterization.X0, Clip = 0.1, Threshold = new() { Ratio = ratio, Maximum = maximum } },
            Path.At(300), zeros(2, 2, 2, 2), _ => x0.alias());
        Expect.Close(found.X0, x0.clamp(-s, s) / s, 1e-6);
    }

    [Test]
    public void Input_OfEdm_IsItsPreconditioning()
    {
        using var scope = NewDisposeScope();
        // Karras et al. 2022, table 1:  D(x; σ) = c_skip x + c_out F(c_in x; c_noise), s = 0.5; F is minus v.
        var (y, at) = (new SeededNoise(1).Draw([2, 3, 4, 4]).to(ScalarType.Float64), Path.AtRho(3));
        const double σ = 3, s = 0.5;
        var n = Math.Sqrt(σ * σ + s * s);
        (Tensor? X, double T) shown = default;
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            shown = (x.alias().DetachFromDisposeScope(), t.flatten()[0].item<double>());
            return x.sin();
        });
        var found = new Predictor(denoiser, Path, new() { Parameterization = Parameterization.Edm(), Clip = null }).Predict(y * at.Alpha, at);
        Expect.Close(shown.X!, y / n, 1e-12);
        Assert.That(shown.T, Is.EqualTo(Math.Log(σ) / 4).Within(1e-12));
        Expect.Close(found.X0, s * s / (n * n) * y + σ * s / n * (y / n).sin(), 1e-12);
        Expect.Close(at.Alpha * found.X0 + at.Sigma * found.Epsilon, y * at.Alpha, 1e-12);
        shown.X!.Dispose();
    }

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PredictorOptions { Clip = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new DynamicThreshold { Ratio = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new DynamicThreshold { Maximum = 0.5 });
    }
}
