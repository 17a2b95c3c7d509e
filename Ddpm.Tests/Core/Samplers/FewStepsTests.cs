using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Runs of one, two and three steps, and processes as short, with the exact network of x_0 ~ N(0.4, 0.5²).</summary>
public class FewStepsTests
{
    private const double Mean = 0.4, Deviation = 0.5;

    private static readonly Dictionary<string, DiffusionPath> Paths = new()
    {
        ["linear"] = new(new LinearSchedule()),
        ["cosine"] = new(new CosineSchedule()),
        ["zero"] = new(new ZeroTerminalSnrSchedule(new LinearSchedule())),
        ["linear 1"] = new(new LinearSchedule(1)),
        ["linear 2"] = new(new LinearSchedule(2)),
        ["linear 3"] = new(new LinearSchedule(3)),
        ["cosine 1"] = new(new CosineSchedule(1)),
        ["cosine 2"] = new(new CosineSchedule(2)),
        ["cosine 3"] = new(new CosineSchedule(3)),
        ["zero 2"] = new(new ZeroTerminalSnrSchedule(new LinearSchedule(2))),
        ["zero 3"] = new(new ZeroTerminalSnrSchedule(new LinearSchedule(3))),
    };

    internal static (double Mean, double Deviation) Moments(GridSampler sampler, DiffusionPath path)
    {
        const int count = 4000;
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var noise = new GeneratorNoise(generator);
        var denoiser = EverySampler.OfX0(PredictionType.V, (x, at) =>
        {
            var variance = at.AlphaBar * Deviation * Deviation + at.Sigma * at.Sigma;
            return Mean + at.Alpha * Deviation * Deviation / variance * (x - at.Alpha * Mean);
        });
        var start = noise.Draw([count, 1, 1, 1]).to(ScalarType.Float64);
        var x = EverySampler.Run(sampler, denoiser, path, SamplingStart.FromNoise(start), EverySampler.Options(PredictionType.V), noise);
        return (x.mean().item<double>(), x.std().item<double>());
    }

    [Test, Explicit]
    public void Explore()
    {
        foreach (var name in EverySampler.Names)
            foreach (var (pathName, path) in Paths)
            {
                var line = $"{name,-24} {pathName,-9}";
                foreach (var compatible in new[] { false, true })
                    foreach (var n in new[] { 1, 2, 3, 4 })
                    {
                        try
                        {
                            var (mean, deviation) = Moments(EverySampler.Make(name, n) with { Compatible = compatible }, path);
                            line += $"  {mean,7:F3} {deviation,7:F3}";
                        }
                        catch (ArgumentException) { line += "        -       -"; }
                        catch (Exception e) { line += "  " + e.GetType().Name; }
                    }
                TestContext.Out.WriteLine(line);
            }
    }
}
