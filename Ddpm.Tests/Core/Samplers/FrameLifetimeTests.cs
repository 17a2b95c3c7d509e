using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>A frame belongs to whoever receives it: neither the next step nor a dispose scope of the caller's takes it away.</summary>
public class FrameLifetimeTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static readonly FormulaDenoiser Tenth = new((x, t) => x * 0.1);

    [TestCaseSource(typeof(EverySampler), nameof(EverySampler.Names))]
    public void Frames_OutliveTheScopeOfTheirStep(string name)
    {
        using var start = new SeededNoise(9).Draw([1, 3, 4, 4]);
        var predictor = new Predictor(Tenth, Path);
        var run = EverySampler.Make(name, 6).Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0));
        OutliveTheirScopes(run);
    }

    [Test]
    public void FramesOfInversion_OutliveTheScopeOfTheirStep()
    {
        using var image = new SeededNoise(9).Draw([1, 3, 4, 4]);
        OutliveTheirScopes(new DdimInversion(6).Run(new Predictor(Tenth, Path), SamplingStart.FromImage(image), new SeededNoise(0)));
    }

    [Test]
    public void FramesOfResampling_OutliveTheScopeOfTheirStep()
    {
        using var start = new SeededNoise(9).Draw([1, 3, 4, 4]);
        var sampler = new ResamplingSampler(new HeunSampler(6), jumpLength: 2, resamplings: 2);
        OutliveTheirScopes(sampler.Run(new Predictor(Tenth, Path), SamplingStart.From(start, 999), new SeededNoise(0)));
    }

    /// <summary>A scope is open during each step and closed after it; the frames are read when the run is over.</summary>
    internal static void OutliveTheirScopes(IEnumerable<SamplingFrame> run)
    {
        var frames = new List<SamplingFrame>();
        var before = Expect.LiveTensors();
        using (var steps = run.GetEnumerator())
            for (var more = true; more;)
            {
                using (NewDisposeScope())
                    more = steps.MoveNext();
                if (more)
                    frames.Add(steps.Current);
            }
        Assert.That(frames, Is.Not.Empty);
        foreach (var frame in frames)
        {
            using (NewDisposeScope())
                Assert.That((frame.X.isfinite().all() & frame.X0.isfinite().all()).item<bool>(), Is.True);
            frame.Dispose();
        }
        Assert.That(Expect.LiveTensors(), Is.EqualTo(before), "nothing but the frames is left of a run");
    }
}
