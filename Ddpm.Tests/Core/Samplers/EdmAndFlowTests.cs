using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Every sampler serves EDM's process and that of flow matching, as the builder's presets make them.</summary>
public class EdmAndFlowTests
{
    private sealed record Preset(DiffusionPath Path, Parameterization Parameterization, Func<int, TimestepSpacing> Spacing);

    private static readonly Dictionary<string, Preset> Presets = new()
    {
        ["EDM"] = Of(new DiffusionBuilder().WithEdm(), n => TimestepSpacing.Karras(n, 80, 0.002)),
        ["flow"] = Of(new DiffusionBuilder().WithFlowMatching(), n => TimestepSpacing.FlowTime(n, 1, 1.0 / n)),
        ["flow, shifted"] = Of(new DiffusionBuilder().WithFlowMatching(shift: 3), n => TimestepSpacing.FlowTime(n, 3, 1.0 / n)),
    };

    private static IEnumerable<string> Processes => Presets.Keys;

    private static IEnumerable<string> Names => EverySampler.Names;

    private static Preset Of(DiffusionBuilder builder, Func<int, TimestepSpacing> spacing)
    {
        using var diffusion = builder.WithDenoiser(new FormulaDenoiser((x, _) => x.alias()), new(3, 4, 4)).Build();
        return new(diffusion.Process.Path, diffusion.Prediction.Parameterization, spacing);
    }

    // By the sampler's own spacing and by the preset's.
    [Test]
    public void Run_TowardsASinglePoint_ArrivesThere(
        [ValueSource(nameof(Processes))] string process, [ValueSource(nameof(Names))] string name, [Values] bool byLevel)
    {
        using var scope = NewDisposeScope();
        var (path, own, spacing) = Presets[process];
        var image = linspace(-0.9, 0.9, 48).view(1, 3, 4, 4);
        var sampler = EverySampler.Make(name, 12) with { End = SamplingEnd.Data };
        if (byLevel)
            sampler = sampler with { Spacing = spacing(12) };
        var denoiser = EverySampler.OfX0(own, (_, _) => image);
        var result = EverySampler.Run(
            sampler, denoiser, path, SamplingStart.FromNoise(new SeededNoise(9).Draw([1, 3, 4, 4])), EverySampler.Options(own));
        // float32, and ε in it (6e-8) times ρ of the first steps, at most 4,096, of which the later steps take back a part.
        Expect.Close(result, image, 1e-3);
    }

    // x_0 ~ N(m, s²) out of noise of exactly unit variance. Where 80 is the highest ρ, m/80 is missing at the start, and half of that in the end.
    // Four standard errors of 4,000 draws are 0.032 of the mean and 0.022 of the deviation; the steps' own error comes on top.
    [Test]
    public void Run_OnAGaussian_HasItsMoments(
        [ValueSource(nameof(Processes))] string process, [ValueSource(nameof(Names))] string name, [Values] bool byLevel)
    {
        const double m = 0.3, s = 0.5;
        const int count = 4_000;
        using var scope = NewDisposeScope();
        var (path, own, spacing) = Presets[process];
        var denoiser = EverySampler.OfX0(own, (x, at) =>
            m + (x - at.Alpha * m) * (at.Alpha * s * s / (at.AlphaBar * s * s + at.Sigma * at.Sigma)));
        var steps = GaussianMomentsTests.OfFirstOrder.Contains(name) || name == "ddpm large" ? 200 : 80;
        var sampler = EverySampler.Make(name, steps);
        if (byLevel)
            sampler = sampler with { Spacing = spacing(steps) };
        using var generator = new Generator(4);
        var noise = new GeneratorNoise(generator);
        var z = noise.Draw([count, 1, 1, 1]).to(ScalarType.Float64);
        var start = SamplingStart.FromNoise((z - z.mean()) / z.std());
        var result = EverySampler.Run(sampler, denoiser, path, start, EverySampler.Options(own), noise);
        var (mean, deviation) = (result.mean().item<double>(), result.std().item<double>());
        TestContext.Out.WriteLine($"mean {mean:F4} for {m}, deviation {deviation:F4} for {s}");
        Assert.That(mean, Is.EqualTo(m).Within(0.035));
        Assert.That(deviation, Is.EqualTo(s).Within(0.035));
    }
}
