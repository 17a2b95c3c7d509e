using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>
/// guided-diffusion's chains over respaced steps with learned variance: the network [0.8 sin(x) t/(t+1) + 0.2 x, 0.5 cos(x)], T = 30.
/// </summary>
public class RespacedChainsTests
{
    // Its linear schedule scales with 1000/T.
    internal static readonly DiffusionPath Path = new(new LinearSchedule(30, 0.1 / 30, 20.0 / 30));

    internal static readonly FormulaDenoiser Network = new((x, t) => cat([0.8 * x.sin() * (t / (t + 1)) + 0.2 * x, 0.5 * x.cos()], 1));

    private static Tensor Read(string name)
    {
        using var file = SafetensorsFile.Open(Shared.Golden("likelihood/likelihood.safetensors"));
        return file.Read(name);
    }

    private static IEnumerable<TestCaseData> Chains()
    {
        foreach (var sections in new[] { "10", "ddim10" })
        {
            var spacing = TimestepSpacing.Respaced(sections);
            yield return new("chain.ddpm." + sections, new AncestralSampler(AncestralVariance.LearnedRange, spacing), 1.0);
            yield return new("chain.ddim." + sections, new DdimSampler { Spacing = spacing, UseClippedOutput = true }, 1.0);
            yield return new("encode.ddim." + sections, new DdimInversion { Spacing = spacing, FromFirstStep = true }, null);
        }
    }

    [TestCaseSource(nameof(Chains))]
    public void Run_OverRespacedSteps_IsTheRecordedChain(string name, GridSampler sampler, double? clip)
    {
        using var scope = NewDisposeScope();
        var start = sampler is DdimInversion ? SamplingStart.FromImage(Read("x0")) : SamplingStart.FromNoise(CosineNoise.Draw(0, 4, 3, 8, 8));
        var result = EverySampler.Run(sampler, Network, Path, start, new() { Clip = clip }, CosineNoise.From(1));
        Expect.RelativelyClose(result, Read(name), 1e-5);      // float32, ten steps
    }
}
