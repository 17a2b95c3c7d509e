using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>What a self-conditioned network is shown while sampling.</summary>
public class SelfConditionedSamplingTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());
    private static readonly PredictorOptions OfX0 = new() { Parameterization = Parameterization.X0 };

    private static IEnumerable<string> Names => EverySampler.Names;

    private static readonly ISampler[] Samplers =
    [
        new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(8)), new DdimSampler(8),
        new EulerSampler(8) { Churn = new() { Amount = 5 }, MatchesDiffusers = true }, new DpmSolver(8), new HeunSampler(5),
        new DpmSolverSinglestep(8),
        new PndmSampler(8), new UniPcSolver(8),
    ];

    // x_0 by x, t and the estimate, often beyond ±1, so that clipping matters.
    private static EstimateDenoiser Network(bool remembers = true) =>
        new((x, t, _, x0) => 1.5 * x.cos() - 0.4 * x0 + 0.2 * t / 1000) { Remembers = remembers };

    private static Tensor Noise(long count, ulong seed = 9) => new SeededNoise(seed).Draw([count, 3, 4, 4]);

    [TestCaseSource(nameof(Names))]
    public void Run_ShowsTheX0OfTheEvaluationBefore_AndNoneAtFirst(string name)
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var predictor = new Predictor(Wrap(network), Path, OfX0);
        var frames = EverySampler.Make(name, 9).Run(predictor, SamplingStart.FromNoise(Noise(2)), new SeededNoise(0)).ToArray();
        Assert.That(network.Shown, Has.Count.EqualTo(frames.Length).And.Count.AtLeast(9));
        Assert.That(network.Shown.Select(estimate => estimate is null), Is.EqualTo(network.Shown.Select((_, k) => k == 0)));
        for (var k = 1; k < frames.Length; k++)
        {
            Expect.Same(network.Shown[k]!, network.Said[k - 1].clamp(-1, 1));
            Expect.Same(network.Shown[k]!, frames[k - 1].X0);
        }
        Assert.That(network.Said.Max(said => said.abs().max().item<float>()), Is.GreaterThan(1.2), "the clipping must matter");
    }

    [Test]
    public void Ddim_OfASelfConditionedNetwork_IsTheRecursionByHand()
    {
        using var scope = NewDisposeScope();
        var sampler = new DdimSampler(20);
        var (x, x0) = (Noise(2).to(ScalarType.Float64), zeros(2, 3, 4, 4, ScalarType.Float64));
        var result = EverySampler.Run(sampler, Wrap(Network()), Path, SamplingStart.FromNoise(x), OfX0);
        var points = sampler.Spacing.Select(Path);
        for (var i = 0; i < points.Count; i++)
        {
            var (at, to) = (points[i], i + 1 < points.Count ? points[i + 1] : DiffusionPoint.Data);
            x0 = (1.5 * x.cos() - 0.4 * x0 + 0.2 * at.T / 1000).clamp(-1, 1);
            x = to.Alpha * x0 + to.Sigma * (x - at.Alpha * x0) / at.Sigma;
        }
        Expect.Close(result, x, 1e-12);             // double
    }

    [TestCaseSource(nameof(Samplers))]
    public void Run_WithGuidance_ShowsBothHalvesTheGuidedX0(ISampler sampler)
    {
        using var scope = NewDisposeScope();
        var network = new EstimateDenoiser((x, _, label, x0) => (0.5 + 0.3 * label) * x.cos() - 0.4 * x0, classes: 2);
        var predictor = new Predictor(Wrap(network), Path, OfX0, new() { Labels = tensor(new[] { 0L, 1, 1 }) }, new Guidance(2.5));
        foreach (var frame in sampler.Run(predictor, SamplingStart.FromNoise(Noise(3)), new SeededNoise(0)))
            frame.Dispose();
        Assert.That(network.Shown[0], Is.Null);
        for (var k = 1; k < network.Shown.Count; k++)
        {
            var (label, none) = (network.Said[k - 1][..3], network.Said[k - 1][3..]);
            var guided = (none + 2.5 * (label - none)).clamp(-1, 1);
            Expect.Same(network.Shown[k]!, cat([guided, guided]));
        }
    }

    [Test]
    public void Run_WithoutClipping_ShowsX0AsItIs()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        EverySampler.Run(new DdimSampler(5), Wrap(network), Path, SamplingStart.FromNoise(Noise(1)), OfX0 with { Clip = null });
        for (var k = 1; k < 5; k++)
            Expect.Same(network.Shown[k]!, network.Said[k - 1]);
    }

    [TestCaseSource(nameof(Names))]
    public void Run_OfANetworkThatTakesNone_ShowsNoneAndIsTheSameToTheBit(string name)
    {
        using var scope = NewDisposeScope();
        Tensor Run(IDenoiser denoiser) =>
            EverySampler.Run(EverySampler.Make(name, 7), Wrap(denoiser), Path, SamplingStart.FromNoise(Noise(2)), new());
        var plain = Run(new FormulaDenoiser((x, t) => 0.3 * x.sin() + 0.1 * t / 1000));
        var takesNone = new EstimateDenoiser((x, t, _, x0) => 0.3 * x.sin() + 0.1 * t / 1000 + x0) { TakesEstimate = false };
        Expect.Same(Run(takesNone), plain);
        Assert.That(takesNone.Shown, Has.All.Null);
        // One that takes it and does not heed it is the same too; one that heeds it is not.
        Expect.Same(Run(new EstimateDenoiser((x, t, _, _) => 0.3 * x.sin() + 0.1 * t / 1000)), plain);
        Assert.That(Expect.AreSame(Run(new EstimateDenoiser((x, t, _, x0) => 0.3 * x.sin() + 0.1 * t / 1000 + 0.1 * x0)), plain), Is.False);
    }

    [TestCaseSource(nameof(Names))]
    public void Run_OfOneImageOrMany_GivesTheSameImage(string name) => EverySampler.GivesTheSameImageInAnyBatch(name, Wrap(Network()), Path, OfX0);

    [TestCaseSource(nameof(Names))]
    public void Run_ToTheEndAbandonedOrFailed_LeavesNothingAlive(string name) => Expect.NoLeak(() =>
    {
        using var start = Noise(1);
        var predictor = new Predictor(Wrap(Network(remembers: false)), Path, OfX0);
        foreach (var frame in EverySampler.Make(name, 8).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)))
            frame.Dispose();
        foreach (var frame in EverySampler.Make(name, 8).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)).Take(5))
            frame.Dispose();
        var asked = 0;
        var failing = new EstimateDenoiser((x, _, _, x0) => asked++ == 4 ? throw new IOException() : 0.1 * x + x0) { Remembers = false };
        var toFail = new Predictor(Wrap(failing), Path, OfX0);
        Assert.Throws<IOException>(() =>
        {
            foreach (var frame in EverySampler.Make(name, 8).Run(toFail, SamplingStart.FromNoise(start), new SeededNoise(0)))
                frame.Dispose();
        });
    });

    // A frame's tensors are not the run's: disposing them at once, or keeping them, changes nothing.
    [Test]
    public void Run_WhoseFramesAreDisposedAtOnce_StillShowsTheEstimate()
    {
        using var scope = NewDisposeScope();
        var (kept, disposed) = (Network(), Network());
        var sampler = new HeunSampler(6);
        var frames = sampler.Run(new Predictor(Wrap(kept), Path, OfX0), SamplingStart.FromNoise(Noise(1)), new SeededNoise(0)).ToArray();
        foreach (var frame in sampler.Run(new Predictor(Wrap(disposed), Path, OfX0), SamplingStart.FromNoise(Noise(1)), new SeededNoise(0)))
            frame.Dispose();
        Assert.That(disposed.Shown, Has.Count.EqualTo(frames.Length));
        foreach (var (a, b) in kept.Shown.Zip(disposed.Shown).Skip(1))
            Expect.Same(b!, a!);
    }

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(3, 3)]
    public void Resampling_ShowsNoneWhereAStretchBegins(int jumpLength, int resamplings)
    {
        using var scope = NewDisposeScope();
        var network = Network();
        using var model = new DiffusionBuilder().WithDenoiser(Wrap(network), new ImageShape(3, 4, 4)).WithPrediction(OfX0)
            .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(6)).Build();
        var (images, known) = (CosineNoise.Draw(0, 2, 3, 4, 4), CosineNoise.Draw(1, 2, 1, 4, 4) > 0);
        model.Inpaint(images, known, new() { JumpLength = jumpLength, Resamplings = resamplings });
        Assert.That(network.Shown, Has.Count.EqualTo(6 * resamplings));
        var begins = Enumerable.Range(0, 6 * resamplings).Select(k => resamplings == 1 ? k == 0 : k % jumpLength == 0);
        Assert.That(network.Shown.Select(estimate => estimate is null), Is.EqualTo(begins));
        // The estimate holds what is given of the image.
        var mask = known.expand(images.shape);
        foreach (var estimate in network.Shown.OfType<Tensor>())
            Expect.Same(where(mask, estimate, 0), where(mask, images, 0));
    }
}
