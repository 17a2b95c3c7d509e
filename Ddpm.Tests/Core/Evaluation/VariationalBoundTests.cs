using System.Globalization;
using MathNet.Numerics.Distributions;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>The bound against guided-diffusion's, and against the closed form of a Gaussian with its exact denoiser.</summary>
public class VariationalBoundTests
{
    private const double Deviation = 0.2;
    private static readonly DiffusionPath Path = new(new LinearSchedule(100, 1e-3, 0.2));
    private static readonly PredictorOptions Unclipped = new() { Clip = null };

    private static IEnumerable<TestCaseData> Recorded => Recordings.Cases(
        GuidedRecordings.Tensors,
        () => Recordings.Names(GuidedRecordings.Tensors, "bpd.").Select(name => name.Split('.')).Where(parts => parts[^1] == "vb")
            .Select(parts => new object?[] { parts[0], Named(parts[1]) }),
        arguments: 2);

    private static StepVariance Named(string name) => Enum.GetValues<StepVariance>().First(each => GuidedRecordings.Name(each) == name);

    [TestCaseSource(nameof(Recorded))]
    public void Measure_OfTheRecordedNetwork_IsTheRecordedBound(string schedule, StepVariance variance)
    {
        using var scope = NewDisposeScope();
        var (network, path) = (GuidedRecordings.Network(variance), new DiffusionPath(GuidedRecordings.Schedule(schedule)));
        var x0 = GuidedRecordings.X0();
        var count = (int)x0.shape[0];
        var bound = new VariationalBound { Variance = variance.Fixed() };
        var own = new PredictorOptions { Parameterization = variance.Epsilon() };
        var single = Enumerable.Range(0, count)
            .Select(i => (bound with { Noise = new GivenNoise((k, _) => CosineNoise.Draw(k + 1, x0.shape)[i..(i + 1)]) })
                .Measure(network, path, x0[i..(i + 1)], own)).ToArray();
        var together = (bound with { Noise = CosineNoise.From(1) }).Measure(network, path, x0, own);

        // The network and the recordings are float32, dozens of steps: 1e-5 of the largest value; the prior is near 0.
        Expect.RelativelyClose(Terms(term => term.Bits), Recording("vb"), 1e-5);
        Expect.RelativelyClose(Terms(term => term.X0Error), Recording("xstart_mse"), 1e-5);
        Expect.RelativelyClose(Terms(term => term.EpsilonError), Recording("mse"), 1e-5);
        Expect.RelativelyClose(tensor(together.Images.ToArray()), Recording("total_bpd"), 1e-5);
        Expect.Close(tensor(single.Select(result => result.Prior).ToArray()), Recording("prior_bpd"), 1e-6);
        Assert.That(together.Prior, Is.EqualTo(single.Average(result => result.Prior)).Within(1e-12));
        Assert.That(together.Mean, Is.EqualTo(together.Prior + together.Terms.Sum(term => term.Bits)).Within(1e-12));

        Tensor Terms(Func<BoundTerm, double> value) =>
            tensor(single.SelectMany(result => result.Terms.Select(value)).ToArray()).view(count, -1);
        Tensor Recording(string name) => GuidedRecordings.Read($"bpd.{schedule}.{GuidedRecordings.Name(variance)}.{name}");
    }

    [Test]
    public void Measure_OfAGaussianWithItsExactDenoiser_IsItsClosedForm(
        [Values(StepVariance.FixedSmall, StepVariance.FixedLarge, StepVariance.LearnedLogarithm,
            StepVariance.Learned)]
        StepVariance variance)
    {
        using var scope = NewDisposeScope();
        var bound = new VariationalBound { Variance = variance.Fixed(), Noise = Columns() };
        var measured = bound.Measure(Exact(variance), Path, Rows() * Deviation, Unclipped with { Parameterization = variance.Epsilon() });
        var total = measured.Prior;
        foreach (var term in measured.Terms)
        {
            var expected = ClosedForm((int)term.T, variance);
            // Terms are exact up to float32 and the quadrature by quantiles; the decoder's normal distribution function is good to 2e-4.
            Assert.That(term.Bits, Is.EqualTo(expected).Within(term.T > 0 ? 1e-5 : 5e-4), $"t = {term.T}");
            total += expected;
        }
        var at = Path.At(Path.Steps - 1);
        var (mean, noise) = (at.AlphaBar * Deviation * Deviation, at.Sigma * at.Sigma);
        Assert.That(measured.Prior, Is.EqualTo((mean + noise - 1 - Math.Log(noise)) / 2 / Math.Log(2)).Within(1e-6));
        TestContext.Out.WriteLine($"{measured.Mean:F5} bits, closed form {total:F5}");
        Assert.That(measured.Mean, Is.EqualTo(total).Within(1e-3));
        // No code is shorter than the entropy of N(0, s²) cut into levels 2/255 wide; with the exact variance too the chain is the exact reverse, and
        // the bound that entropy.
        var entropy = Math.Log2(Math.Sqrt(2 * Math.PI * Math.E) * Deviation) - Math.Log2(2 / 255.0);
        if (variance is StepVariance.FixedSmall or StepVariance.FixedLarge)
            Assert.That(measured.Mean, Is.GreaterThan(entropy + 0.1));
        else
            Assert.That(measured.Mean, Is.EqualTo(entropy).Within(1e-3));
    }

    [Test]
    public void Measure_WhateverTheNetworkPredicts_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var x0 = Deviation * new SeededNoise(1).Draw([2, 3, 4, 4]);
        var bits = new Dictionary<PredictionType, double>();
        foreach (var type in Enum.GetValues<PredictionType>())
            bits[type] = new VariationalBound().Measure(
                Gaussian(Path, type), Path, x0, Unclipped with { Parameterization = new() { Prediction = type } }).Mean;
        // x_0 by ε at the noisy end: 1/α = 150 times float32's rounding
        Assert.That(bits[PredictionType.X0], Is.EqualTo(bits[PredictionType.Epsilon]).Within(1e-3));
        Assert.That(bits[PredictionType.V], Is.EqualTo(bits[PredictionType.X0]).Within(1e-5));
    }

    [Test]
    public void Measure_ToPureNoise_IsFiniteAndHasNoPrior([Values(PredictionType.X0, PredictionType.V)] PredictionType type)
    {
        using var scope = NewDisposeScope();
        var path = new DiffusionPath(new ZeroTerminalSnrSchedule(new LinearSchedule(50, 1e-3, 0.2)));
        var measured = new VariationalBound().Measure(Gaussian(path, type), path, Deviation * new SeededNoise(1).Draw([2, 3, 4, 4]),
            new() { Parameterization = new() { Prediction = type } });
        Assert.That(measured.Prior, Is.Zero);
        Assert.That(measured.Terms.Select(term => term.Bits), Has.All.Matches<double>(double.IsFinite));
        Assert.That(() => new VariationalBound().Measure(Gaussian(path, PredictionType.Epsilon), path, zeros(1, 3, 4, 4)),
            Throws.ArgumentException.With.Message.Contains("zero terminal SNR"));
    }

    [Test]
    public void Measure_OfARespacedChain_IsTheBoundOfTheProcessWithItsBetas()
    {
        using var scope = NewDisposeScope();
        var spacing = TimestepSpacing.Respaced(string.Create(CultureInfo.InvariantCulture, $"{GuidedRecordings.Steps / 3}"));
        var steps = spacing.Select(GuidedRecordings.Linear).Reverse().ToArray();
        var betas = steps.Select((point, i) => 1 - point.AlphaBar / (i == 0 ? 1 : steps[i - 1].AlphaBar));
        var network = GuidedRecordings.Network(StepVariance.LearnedRange);
        var toldTheStep = new FormulaDenoiser((x, t) => network.Predict(x, torch.full_like(t, steps[(int)t[0].item<float>()].T).flatten()));
        var bound = new VariationalBound { Spacing = spacing };
        var own = new PredictorOptions { Parameterization = StepVariance.LearnedRange.Epsilon() };
        var x0 = GuidedRecordings.X0();
        var respaced = (bound with { Noise = CosineNoise.From(1) }).Measure(network, GuidedRecordings.Linear, x0, own);
        var same = (bound with { Noise = CosineNoise.From(1), Spacing = TimestepSpacing.All })
            .Measure(toldTheStep, new(new TabulatedSchedule(betas)), x0, own);
        Assert.That(respaced.Images, Is.EqualTo(same.Images).Within(1e-5));
        Assert.That(respaced.Terms.Select(term => term.T), Is.EqualTo(steps.Reverse().Select(point => point.T)));
        Assert.That(respaced.Terms.Select(term => term.Bits), Is.EqualTo(same.Terms.Select(term => term.Bits)).Within(1e-5));
    }

    [Test]
    public void Measure_OfSomeSteps_GivesTheirTermsAlone()
    {
        using var scope = NewDisposeScope();
        var (x0, network) = (GuidedRecordings.X0(), GuidedRecordings.Network(default));
        var all = new VariationalBound().Measure(network, GuidedRecordings.Linear, x0);
        int[] steps = [0, 7, GuidedRecordings.Steps - 1];
        var some = new VariationalBound { Steps = steps }.Measure(network, GuidedRecordings.Linear, x0);
        Assert.That(some.Terms, Is.EqualTo(all.Terms.Where(term => steps.Contains((int)term.T))));
        Assert.That(some.Mean, Is.EqualTo(some.Prior + some.Terms.Sum(term => term.Bits)).Within(1e-12));
    }

    [Test]
    public void Measure_InBatches_IsTheSameAndFollowsFromTheSeed()
    {
        using var scope = NewDisposeScope();
        var (x0, network) = (GuidedRecordings.X0(), GuidedRecordings.Network(default));
        Assert.That(Images(3, 5), Is.EqualTo(Images(4, 5)).Within(1e-9));
        Assert.That(Images(4, 6), Is.Not.EqualTo(Images(4, 5)));

        IReadOnlyList<double> Images(int batch, ulong seed) =>
            new VariationalBound { BatchSize = batch, Seed = seed }.Measure(network, GuidedRecordings.Linear, x0).Images;
    }

    [Test]
    public void Measure_TellsTheNetworkTheLabels()
    {
        using var scope = NewDisposeScope();
        var network = new LabelledDenoiser(3, true, (x, _, _) => x);
        var bound = new VariationalBound { BatchSize = 2, Steps = [5] };
        (bound with { Labels = [2, 0, 1] }).Measure(network, Path, zeros(3, 1, 2, 2));
        bound.Measure(network, Path, zeros(1, 1, 2, 2));
        Assert.That(network.Asked, Is.EqualTo(new[] { new long[] { 2, 0 }, [1], [3] }));
    }

    [Test]
    public void Measure_ReportsTheShareDoneAndStopsWhenCancelled()
    {
        using var scope = NewDisposeScope();
        using var stop = new CancellationTokenSource();
        var (x0, shares) = (zeros(3, 1, 2, 2), new List<double>());
        var bound = new VariationalBound { BatchSize = 2, Steps = [0, 1] };
        bound.Measure(Gaussian(Path, default), Path, x0, progress: new Direct<double>(shares.Add));
        Assert.That(shares, Is.EqualTo(new[] { 0.25, 0.5, 0.75, 1 }));
        var reports = 0;
        Assert.Throws<OperationCanceledException>(() => bound.Measure(Gaussian(Path, default), Path, x0, progress: new Direct<double>(_ =>
        {
            reports++;
            stop.Cancel();
        }), cancellationToken: stop.Token));
        Assert.That(reports, Is.EqualTo(1));
    }

    [Test]
    public void Measure_LeavesNothingAlive()
    {
        using var x0 = zeros(3, 1, 4, 4);
        Expect.NoLeak(() => new VariationalBound { BatchSize = 2 }.Measure(Gaussian(Path, default), Path, x0));
    }

    [Test]
    public void BadInput_IsRefusedWithTheRule()
    {
        using var scope = NewDisposeScope();
        var network = Gaussian(Path, default);
        var x0 = zeros(2, 1, 2, 2);
        Assert.That(() => new VariationalBound { Variance = (AncestralVariance)9 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Variance"));
        Assert.That(() => new VariationalBound { BatchSize = 0 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("BatchSize"));
        Assert.That(() => new VariationalBound { Spacing = null! }, Throws.ArgumentNullException);
        Assert.That(() => new VariationalBound().Measure(network, Path, zeros(2, 2)), Throws.ArgumentException.With.Message.Contains("[2, 2]"));
        Assert.That(() => new VariationalBound().Measure(network, Path, zeros(0, 1, 2, 2)),
            Throws.ArgumentException.With.Message.Contains("[0, 1, 2, 2]"));
        Assert.That(() => new VariationalBound().Measure(network, Path, x0.to(ScalarType.Byte)),
            Throws.ArgumentException.With.Message.Contains("Byte"));
        Assert.That(() => new VariationalBound { Steps = [100] }.Measure(network, Path, x0),
            Throws.ArgumentException.With.Message.Contains("100 is not among"));
        Assert.That(() => new VariationalBound { Labels = [1] }.Measure(network, Path, x0),
            Throws.ArgumentException.With.Message.Contains("1 labels for 2 images"));
        Assert.That(() => new VariationalBound().Measure(network, Path, x0, new() { Parameterization = StepVariance.LearnedRange.Epsilon() }),
            Throws.InvalidOperationException.With.Message.Contains("Range").And.Message.Contains("[N, 2C, H, W]"));
    }

    // Bits a value that a step from t costs when x_0 ~ N(0, s²) is predicted exactly: given x_t it is N(x̂_0, v) with v = s²σ²/(α²s² + σ²).
    private static double ClosedForm(int t, StepVariance variance)
    {
        var (posterior, σ2) = (Posterior(Math.Max(t, 1)), ReverseVariance(t, variance));
        if (t == 0)
            return DecoderBits(Math.Sqrt(Unexplained(0)), Math.Sqrt(σ2));
        var c = Math.Sqrt(Path.AlphaBar(t - 1)) * Path.Beta(t) / (1 - Path.AlphaBar(t));
        return (Math.Log(σ2 / posterior) - 1 + (posterior + c * c * Unexplained(t)) / σ2) / 2 / Math.Log(2);
    }

    // The learned variances here are the exact ones of x_{t-1} given x_t.
    private static double ReverseVariance(int t, StepVariance variance) => variance switch
    {
        StepVariance.FixedSmall => Posterior(Math.Max(t, 1)),
        StepVariance.FixedLarge => t == 0 ? Posterior(1) : Path.Beta(t),
        _ when t == 0 => Unexplained(0),
        _ => Posterior(t) + Path.AlphaBar(t - 1) * Math.Pow(Path.Beta(t) / (1 - Path.AlphaBar(t)), 2) * Unexplained(t),
    };

    private static double Posterior(int t) => (1 - Path.AlphaBar(t - 1)) / (1 - Path.AlphaBar(t)) * Path.Beta(t);

    private static double Unexplained(int t)
    {
        var (signal, noise) = (Path.AlphaBar(t) * Deviation * Deviation, 1 - Path.AlphaBar(t));
        return Deviation * Deviation * noise / (signal + noise);
    }

    // The mean of -log₂(Φ((e + 1/255)/σ) - Φ((e - 1/255)/σ)) over the error e ~ N(0, d²), by the trapezoidal rule to 8 d.
    private static double DecoderBits(double d, double σ)
    {
        const int Intervals = 4000;
        var bits = 0.0;
        for (var i = 0; i <= Intervals; i++)
        {
            var e = 16.0 * i / Intervals - 8;
            var mass = Normal.CDF(0, σ, -Math.Abs(e) * d + 1 / 255.0) - Normal.CDF(0, σ, -Math.Abs(e) * d - 1 / 255.0);
            bits -= Normal.PDF(0, 1, e) * Math.Log2(mass) * 16 / Intervals;
        }
        return bits;
    }

    // x_0 by rows and ε by columns: every pair of 256 equally likely quantiles of N(0, 1), widened so that their variance is 1. A mean over the image
    // is an integral over both.
    private static Tensor Quantiles()
    {
        var z = Enumerable.Range(0, 256).Select(i => Normal.InvCDF(0, 1, (i + 0.5) / 256)).ToArray();
        var scale = Math.Sqrt(z.Average(value => value * value));
        return tensor(z.Select(value => (float)(value / scale)).ToArray());
    }

    private static Tensor Rows() => Quantiles().view(1, 1, -1, 1).expand(1, 1, 256, 256);

    private static GivenNoise Columns() => new((_, _) => Quantiles().view(1, 1, 1, -1).expand(1, 1, 256, 256));

    private static FormulaDenoiser Exact(StepVariance variance) => new((x, t) =>
    {
        var ε = Gaussian(Path, PredictionType.Epsilon).Predict(x, t.flatten());
        var σ2 = ReverseVariance((int)t.flatten()[0].item<float>(), variance);
        return variance switch
        {
            StepVariance.LearnedLogarithm => cat([ε, full_like(ε, Math.Log(σ2))], 1),
            StepVariance.Learned => cat([ε, full_like(ε, σ2)], 1),
            _ => ε,
        };
    });

    // What is best to predict of x_t = α x_0 + σ ε when x_0 ~ N(0, s²).
    private static FormulaDenoiser Gaussian(DiffusionPath path, PredictionType type) => new((x, t) =>
    {
        var at = path.At((double)t.flatten()[0].item<float>());
        var (signal, noise) = (at.AlphaBar * Deviation * Deviation, at.Sigma * at.Sigma);
        return x * (type switch
        {
            PredictionType.Epsilon => at.Sigma,
            PredictionType.X0 => at.Alpha * Deviation * Deviation,
            _ => at.Alpha * at.Sigma * (1 - Deviation * Deviation),
        } / (signal + noise));
    });
}
