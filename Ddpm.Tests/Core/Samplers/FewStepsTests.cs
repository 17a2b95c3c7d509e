using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Runs of one, two and three steps, and processes as short, with the exact network of x_0 ~ N(0.4, 0.5²).</summary>
public class FewStepsTests
{
    private const double Mean = 0.4, Deviation = 0.5;

    private static readonly (string Name, DiffusionPath Path)[] Paths =
    [
        ("linear", new(new LinearSchedule())),
        ("cosine", new(new CosineSchedule())),
        ("zero terminal SNR", new(new ZeroTerminalSnrSchedule(new LinearSchedule()))),
        ("linear, T = 1", new(new LinearSchedule(1))),
        ("linear, T = 2", new(new LinearSchedule(2))),
        ("linear, T = 3", new(new LinearSchedule(3))),
        ("cosine, T = 1", new(new CosineSchedule(1))),
        ("cosine, T = 2", new(new CosineSchedule(2))),
        ("cosine, T = 3", new(new CosineSchedule(3))),
        ("zero terminal SNR, T = 2", new(new ZeroTerminalSnrSchedule(new LinearSchedule(2)))),
        ("zero terminal SNR, T = 3", new(new ZeroTerminalSnrSchedule(new LinearSchedule(3)))),
    ];

    private static readonly TimestepSpacing[] Ones =
    [
        TimestepSpacing.Leading(1), TimestepSpacing.Leading(1, offset: 1), TimestepSpacing.Leading(1, excludeLast: true), TimestepSpacing.Linspace(1),
        TimestepSpacing.Linspace(1, whole: false), TimestepSpacing.Linspace(1, excludeLast: true), TimestepSpacing.Trailing(1),
        TimestepSpacing.Quadratic(1), TimestepSpacing.Uniform(1), TimestepSpacing.Respaced("1"), TimestepSpacing.Respaced("ddim1"),
        TimestepSpacing.Karras(1), TimestepSpacing.Exponential(1), TimestepSpacing.Polyexponential(1),
    ];

    [TestCaseSource(typeof(EverySampler), nameof(EverySampler.Names))]
    public void Run_OfAFewSteps_IsNearTheData(string name)
    {
        foreach (var (process, path) in Paths)
            for (var steps = 1; steps <= Math.Min(3, path.Steps); steps++)
            {
                var (mean, deviation) = Moments(EverySampler.Make(name, steps) with { End = SamplingEnd.Data }, path);
                var what = FormattableString.Invariant($"{process}, {steps} steps: mean {mean:F3}, deviation {deviation:F3}");
                // Unit noise tells nothing of the image, so the first x_0 is the mean: where it begins, up to 0.03 of the image is left (T = 1 to 3).
                if (steps == 1)
                    Assert.That((mean, deviation), Is.EqualTo((Mean, 0)).Within(0.02), what);
                // The deviation may not pass 1, that of the noise it came from, by more than the sampling error of 4,000 draws (0.011; four of them).
                // Too little of it is what few steps cost: 0.07 to 0.3 by the solvers, whose last step of first order goes to the mean.
                Assert.That(deviation, Is.LessThan(1.045), what);
                Assert.That(mean, Is.EqualTo(Mean).Within(0.25), what);
            }
    }

    // diffusers visits step 0 then, where x is what the network makes of pure noise with next to none in it: the noise itself.
    [TestCaseSource(nameof(Ones))]
    public void Select_OfOneStep_IsTheLast(TimestepSpacing spacing)
    {
        foreach (var (_, path) in Paths.Where(entry => entry.Name is "linear" or "linear, T = 1"))
        {
            var point = spacing.Select(path).Single();
            Assert.That((point.T, point.Rho), Is.EqualTo((path.Steps - 1.0, Math.Min(path.HighestRho, 160))).Within(1e-9)
                .Or.EqualTo((path.Steps - 1.0, path.HighestRho)).Within(1e-9), spacing.ToString());        // levels begin at 160 at most
        }
    }

    [Test]
    public void Compatible_OneStep_IsDiffusers()
    {
        var path = Paths[0].Path;
        foreach (var sampler in (GridSampler[])[new DdimSampler(1), new EulerSampler(1), new PndmSampler(1), new HeunSampler(1)])
        {
            Assert.That((sampler with { MatchesDiffusers = true }).Points(path).Single().T, Is.Zero);
            Assert.That(sampler.Points(path).Single().T, Is.EqualTo(999));
        }
        Assert.That(new DdimSampler { Spacing = TimestepSpacing.List(0) }.Points(path).Single().T, Is.Zero, "a list is taken at its word");
    }

    // From ρ = 157 to 0.01: half of that step's length is left where the slope at its end, next to nothing, is averaged in.
    [Test]
    public void AStepThatIsTooLong_IsOfFirstOrder([Values("heun", "dpm2", "dpm2 ancestral")] string name)
    {
        var (path, sampler) = (Paths[0].Path, EverySampler.Make(name, 2) with { Spacing = TimestepSpacing.Linspace(2) });
        Assert.That(Moments(sampler, path).Deviation, Is.LessThan(0.1));
        Assert.That(Moments(sampler with { MatchesDiffusers = true }, path).Deviation, Is.GreaterThan(10), "as the originals");
        Assert.That(Moments(sampler with { Spacing = TimestepSpacing.List(999, 0) }, path).Deviation, Is.GreaterThan(10), "taken at its word");
    }

    private static (double Mean, double Deviation) Moments(GridSampler sampler, DiffusionPath path)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var noise = new GeneratorNoise(generator);
        var denoiser = EverySampler.OfX0(PredictionType.V, (x, at) =>
        {
            var variance = at.AlphaBar * Deviation * Deviation + at.Sigma * at.Sigma;
            return Mean + at.Alpha * Deviation * Deviation / variance * (x - at.Alpha * Mean);
        });
        var start = noise.Draw([4000, 1, 1, 1]).to(ScalarType.Float64);
        var x = EverySampler.Run(sampler, denoiser, path, SamplingStart.FromNoise(start), EverySampler.Options(PredictionType.V), noise);
        return (x.mean().item<double>(), x.std().item<double>());
    }
}
