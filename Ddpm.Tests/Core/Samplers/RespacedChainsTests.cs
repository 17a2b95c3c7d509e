using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>guided-diffusion's chains over respaced steps with learned variance.</summary>
public class RespacedChainsTests
{
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
        var start = sampler is DdimInversion
            ? SamplingStart.FromImage(GuidedRecordings.Read("x0"))
            : SamplingStart.FromNoise(CosineNoise.Draw(0, 4, 3, 8, 8));
        var network = GuidedRecordings.Network(AncestralVariance.LearnedRange);
        var result = EverySampler.Run(sampler, network, GuidedRecordings.Linear, start, new() { Clip = clip }, CosineNoise.From(1));
        Expect.RelativelyClose(result, GuidedRecordings.Read(name), 1e-5);      // float32, ten steps
    }
}
