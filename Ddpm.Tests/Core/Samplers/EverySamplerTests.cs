using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>What must hold of any sampler.</summary>
public class EverySamplerTests
{
    private static readonly DiffusionPath Linear = new(new LinearSchedule());
    private static readonly DiffusionPath ToPureNoise = new(new ZeroTerminalSnrSchedule(new LinearSchedule()));
    private static readonly FormulaDenoiser Tenth = new((x, t) => x * 0.1);

    private static IEnumerable<string> Names => EverySampler.Names;

    // Levels and fractional steps can be as dense as one likes.
    private static IEnumerable<string> NamesOfWholeSteps =>
        Names.Where(name => EverySampler.Make(name, 50).Spacing.Select(Linear).All(point => double.IsInteger(point.T)));

    // ε out of pure noise is refused: see Predictor_OfEpsilonAtPureNoise_SaysWhy.
    private static IEnumerable<TestCaseData> NamesAndPredictions =>
        from name in Names
        from type in Enum.GetValues<PredictionType>()
        from toPureNoise in (bool[])[false, true]
        where !(toPureNoise && type == PredictionType.Epsilon)
        select new TestCaseData(name, type, toPureNoise);

    private static Tensor Noise(long count, ulong seed = 9) => new SeededNoise(seed).Draw([count, 3, 4, 4]);

    [TestCaseSource(nameof(NamesAndPredictions))]
    public void Run_TowardsASinglePoint_ArrivesThere(string name, PredictionType type, bool toPureNoise)
    {
        using var scope = NewDisposeScope();
        var path = toPureNoise ? ToPureNoise : Linear;
        var image = linspace(-0.9, 0.9, 48).view(1, 3, 4, 4);
        var sampler = EverySampler.Make(name, 12) with { End = SamplingEnd.Data };
        var result = EverySampler.Run(
            sampler, EverySampler.OfX0(type, (x, _) => image), path, SamplingStart.FromNoise(Noise(1)), EverySampler.Options(type));
        // ε in float32 (6e-8) times ρ of the first steps: 157, or 4,096 where the schedule ends in pure noise; the later steps take back a part.
        Expect.Close(result, image, toPureNoise ? 1e-3 : 3e-5);
        if (toPureNoise)
            // steps 998 and 999 lie above the ρ where solvers begin otherwise
            Assert.That(() => EverySampler.Make(name, 900).Check(path), Throws.Nothing);
    }

    [TestCaseSource(nameof(Names))]
    public void Run_FromAStep_BeginsThereAndArrives(string name)
    {
        using var scope = NewDisposeScope();
        var image = linspace(-0.9, 0.9, 48).view(1, 3, 4, 4);
        var levels = new List<double>();
        var exact = EverySampler.OfX0(PredictionType.Epsilon, (x, at) => { levels.Add(at.Rho); return image; });
        var start = new GaussianDiffusion(new LinearSchedule()).Diffuse(image, 333, Noise(1));
        var result = EverySampler.Run(
            EverySampler.Make(name, 12) with { End = SamplingEnd.Data }, exact, Linear, SamplingStart.From(start, 333), EverySampler.Options());
        var highest = Linear.At(333).Rho * (name.Contains("churn") ? Math.Sqrt(2) : 1);
        Assert.That(levels[0], name.Contains("churn") ? Is.InRange(Linear.At(333).Rho, highest * 1.000001) : Is.EqualTo(highest).Within(1e-6));
        Assert.That(levels, Has.All.InRange(0, highest * 1.000001));
        Expect.Close(result, image, 3e-5);
    }

    // Where a frame of another run stands: between two steps, or at a level found in single precision.
    [TestCaseSource(nameof(Names))]
    public void Run_FromAnyPoint_BeginsThereAndArrives(string name)
    {
        using var scope = NewDisposeScope();
        var image = linspace(-0.9, 0.9, 48).view(1, 3, 4, 4);
        var at = Linear.At(333.4);
        var asked = new List<double>();
        var exact = EverySampler.OfX0(PredictionType.Epsilon, (x, point) => { asked.Add(point.Rho); return image; });
        var result = EverySampler.Run(
            EverySampler.Make(name, 12) with { End = SamplingEnd.Data }, exact, Linear,
            SamplingStart.From(at.Alpha * image + at.Sigma * Noise(1), at), EverySampler.Options());
        Assert.That(asked[0], Is.InRange(at.Rho * 0.999999, at.Rho * (name.Contains("churn") ? Math.Sqrt(2) : 1) * 1.000001));
        Expect.Close(result, image, 3e-5);
    }

    [Test]
    public void Start_OutsideTheProcess_NamesTheRule()
    {
        using var x = Noise(1);
        Assert.That(() => SamplingStart.From(x, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => SamplingStart.From(x, DiffusionPoint.Data), Throws.ArgumentException.With.Message.Contains("sigma above 0"));
        Assert.That(() => SamplingStart.From(x, new DiffusionPoint(3, double.NaN, 0.1)), Throws.ArgumentException);
        Assert.That(() => SamplingStart.FromNoise(null!), Throws.ArgumentNullException);
        var predictor = new Predictor(Tenth, Linear);
        Assert.That(() => new DdimSampler(5).Run(predictor, SamplingStart.From(x, 1000), new SeededNoise(0)),
            Throws.ArgumentException.With.Message.Contains("0..999").And.Message.Contains("1000"));
        Assert.That(() => TimestepSpacing.Trailing(5).From(SamplingStart.FromImage(x), Linear),
            Throws.ArgumentException.With.Message.Contains("image"));
    }

    [TestCaseSource(nameof(Names))]
    public void Run_WhateverTheNetworkPredicts_IsTheSame(string name)
    {
        using var scope = NewDisposeScope();
        Tensor Run(PredictorOptions options) => EverySampler.Run(
            EverySampler.Make(name, 10), EverySampler.OfX0(options.Parameterization, (x, at) => (x * at.Alpha).tanh()), Linear,
            SamplingStart.FromNoise(Noise(2).to(ScalarType.Float64)), options);
        var byEpsilon = Run(EverySampler.Options(PredictionType.Epsilon));
        Expect.RelativelyClose(Run(EverySampler.Options(PredictionType.X0)), byEpsilon, 1e-9);        // double
        Expect.RelativelyClose(Run(EverySampler.Options(PredictionType.V)), byEpsilon, 1e-9);
        Expect.RelativelyClose(Run(EverySampler.Options(Parameterization.Edm())), byEpsilon, 1e-9);
        Expect.RelativelyClose(Run(EverySampler.Options(Parameterization.Flow())), byEpsilon, 1e-9);
    }

    [TestCaseSource(nameof(Names))]
    public void Run_OfOneImageOrMany_GivesTheSameImage(string name) => EverySampler.GivesTheSameImageInAnyBatch(name, Tenth, Linear, new());

    [TestCaseSource(nameof(Names))]
    public void Run_ToTheEndOrAbandoned_LeavesNothingAlive(string name) => Expect.NoLeak(() =>
    {
        using var start = Noise(1);
        var predictor = new Predictor(Tenth, Linear, new() { Threshold = new() { Maximum = 2 } });
        foreach (var frame in EverySampler.Make(name, 8).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)))
            frame.Dispose();
        foreach (var frame in EverySampler.Make(name, 8).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)).Take(5))
            frame.Dispose();
    });

    [TestCaseSource(nameof(Names))]
    public void Run_WhereTheNetworkFails_LeavesNothingAlive(string name) => Expect.NoLeak(() =>
    {
        using var start = Noise(1);
        var asked = 0;
        var predictor = new Predictor(new FormulaDenoiser((x, t) => asked++ == 4 ? throw new IOException() : x * 0.1), Linear);
        Assert.Throws<IOException>(() =>
        {
            foreach (var frame in EverySampler.Make(name, 8).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)))
                frame.Dispose();
        });
    });

    [TestCaseSource(nameof(Names))]
    public void Run_CountsAFrameForEachEvaluation(string name)
    {
        using var scope = NewDisposeScope();
        var asked = 0;
        var predictor = new Predictor(new FormulaDenoiser((x, t) => { asked++; return x * 0.1; }), Linear);
        var frames = EverySampler.Make(name, 6).Run(predictor, SamplingStart.FromNoise(Noise(1)), new SeededNoise(0)).ToArray();
        Assert.That(frames, Has.Length.EqualTo(asked).And.All.Property(nameof(SamplingFrame.Steps)).EqualTo(asked));
        Assert.That(frames.Select(frame => frame.Step), Is.EqualTo(Enumerable.Range(0, asked)));
        Assert.That(frames.Count(frame => !frame.IsInner), Is.EqualTo(6));
        Assert.That(frames[^1], Has.Property(nameof(SamplingFrame.IsLast)).True.And.Property(nameof(SamplingFrame.IsInner)).False);
    }

    // From ρ = 20,000 a second value of ε would be multiplied by that.
    [Test]
    public void Run_OutOfAlmostPureNoise_BeginsWithAStepOfFirstOrder(
        [Values("heun", "dpm2", "dpm2 ancestral", "2s ancestral", "dpm-solver sde", "pndm", "plms")] string name)
    {
        using var scope = NewDisposeScope();
        var asked = 0;
        var predictor = new Predictor(new FormulaDenoiser((x, t) => { asked++; return x * 0.1; }), new DiffusionPath(new CosineSchedule(1000)));
        var sampler = EverySampler.Make(name, 6) with { Spacing = TimestepSpacing.Trailing(6) };
        SamplingFrame[] Frames(GridSampler sampler) => [.. sampler.Run(predictor, SamplingStart.FromNoise(Noise(1)), new SeededNoise(0))];
        var frames = Frames(sampler);
        Assert.That(frames, Has.Length.EqualTo(asked).And.All.Property(nameof(SamplingFrame.Steps)).EqualTo(asked));
        Assert.That((frames[0].IsInner, frames[1].IsInner), Is.EqualTo((false, true)));
        Assert.That(frames.Count(frame => !frame.IsInner), Is.EqualTo(6));
        Assert.That(Frames(sampler with { MatchesDiffusers = true })[0].IsInner, Is.True);
    }

    [TestCaseSource(nameof(NamesOfWholeSteps))]
    public void Check_OfMoreStepsThanTheProcessHas_SaysSo(string name)
    {
        var shortPath = new DiffusionPath(new LinearSchedule(5));
        Assert.That(() => EverySampler.Make(name, 50).Check(shortPath),
            Throws.ArgumentException.With.Message.Contains("0..4").Or.Message.Contains("at most 5"));
    }

    [Test]
    public void Run_FromTheImageItself_IsOnlyForInversion()
    {
        using var image = Noise(1);
        var predictor = new Predictor(Tenth, Linear);
        Assert.That(() => new DdimSampler(5).Run(predictor, SamplingStart.FromImage(image), new SeededNoise(0)),
            Throws.ArgumentException.With.Message.Contains("inversion"));
        Assert.That(() => new DdimInversion(5).Run(predictor, SamplingStart.FromNoise(image), new SeededNoise(0)),
            Throws.ArgumentException.With.Message.Contains("FromImage"));
    }

    [Test]
    public void Inversion_AndBack_IsTheImage()
    {
        using var scope = NewDisposeScope();
        var denoiser = FormulaDenoiser.OfGaussian(Linear, 0.5);
        var image = Noise(2, seed: 3) * 0.5;
        var noClipping = new PredictorOptions { Clip = null };
        var noise = EverySampler.Run(new DdimInversion(500), denoiser, Linear, SamplingStart.FromImage(image), noClipping);
        Assert.That(noise.std().item<float>(), Is.EqualTo((image * 2).std().item<float>()).Within(0.02));      // unit noise, up to the steps' error
        // 500 steps of first order there and back
        Expect.RelativelyClose(EverySampler.Run(new DdimSampler(500), denoiser, Linear, SamplingStart.FromNoise(noise), noClipping), image, 0.01);
    }

    // Where x_0 is always clipped to 1, the flow is that of one point: x = α + σ ε with the ε of the start.
    // 1,000 steps and as many clippings later it still is.
    [Test]
    public void Ddim_WhereX0IsClipped_StaysOnTheFlowOfTheClippedX0()
    {
        using var scope = NewDisposeScope();
        var denoiser = EverySampler.OfX0(PredictionType.X0, (x, _) => 3 + 0.1 * x);
        var options = EverySampler.Options(PredictionType.X0) with { Clip = 1 };
        var (z, begin) = (Noise(1).to(ScalarType.Float64), Linear.At(Linear.Steps - 1));
        var sampler = new DdimSampler { Spacing = TimestepSpacing.All };
        foreach (var frame in sampler.Run(new Predictor(denoiser, Linear, options), SamplingStart.FromNoise(z), new SeededNoise(0)))
            using (frame)
                if (frame.T % 250 == 0)
                    Expect.Close(frame.X, frame.At.Alpha + frame.At.Sigma * (z - begin.Alpha) / begin.Sigma, 1e-9);     // double, but for the told ρ
    }

    [Test]
    public void DpmSolver_StochasticByNoise_IsRefused() =>
        Assert.That(() => new DpmSolver(10) { Eta = 1, DataPrediction = false }.Check(Linear),
            Throws.ArgumentException.With.Message.Contains("eta 1"));
}
