using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>guided-diffusion's respaced steps, and its chains over them with learned variance.</summary>
public class RespacedChainsTests
{
    private static IEnumerable<TestCaseData> Spacings => Recordings.Cases(GuidedRecordings.IndexFile, () => Properties("spacing."));

    private static IEnumerable<TestCaseData> SpacedBetas => Recordings.Cases(GuidedRecordings.IndexFile, () => Properties("spaced_betas."));

    private static IEnumerable<TestCaseData> Chains => Recordings.Cases(
        GuidedRecordings.Tensors, () => new[] { "chain.ddpm.", "chain.ddim.", "encode.ddim." }.SelectMany(
            kind => Recordings.Names(GuidedRecordings.Tensors, kind).Select(sections => new object?[] { kind, sections })), arguments: 2);

    private static IEnumerable<string> Properties(string prefix) => GuidedRecordings.Index.EnumerateObject()
        .Where(item => item.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(item => item.Name[prefix.Length..]);

    private static IReadOnlyList<DiffusionPoint> Steps(string sections) => TimestepSpacing.Respaced(sections).Select(GuidedRecordings.Linear);

    [TestCaseSource(nameof(Spacings))]
    public void Steps_OfSections_AreTheRecorded(string sections)
    {
        var recorded = GuidedRecordings.Index.GetProperty("spacing." + sections);
        if (recorded.ValueKind == JsonValueKind.String)     // why the authors' own function refused them
            Assert.That(() => Steps(sections), Throws.ArgumentException);
        else
            Assert.That(Steps(sections).Select(point => point.T), Is.EqualTo(recorded.Numbers().Reverse()));
    }

    [TestCaseSource(nameof(SpacedBetas))]
    public void Betas_OfSections_AreTheRecorded(string sections)
    {
        var rising = Steps(sections).Reverse().ToArray();
        var betas = rising.Select((point, i) => 1 - point.AlphaBar / (i == 0 ? 1 : rising[i - 1].AlphaBar));
        // Double against double, of which products over T steps differ in their last digits.
        Assert.That(betas, Is.EqualTo(GuidedRecordings.Index.GetProperty("spaced_betas." + sections).Numbers()).Within(1e-12));
    }

    [TestCaseSource(nameof(Chains))]
    public void Run_OverRespacedSteps_IsTheRecordedChain(string kind, string sections)
    {
        using var scope = NewDisposeScope();
        var spacing = TimestepSpacing.Respaced(sections);
        GridSampler sampler = kind switch
        {
            "chain.ddpm." => new AncestralSampler(spacing: spacing),
            "chain.ddim." => new DdimSampler { Spacing = spacing, UseClippedOutput = true },
            _ => new DdimInversion { Spacing = spacing, FromFirstStep = true },
        };
        var x0 = GuidedRecordings.X0();
        var encodes = sampler is DdimInversion;
        var start = encodes ? SamplingStart.FromImage(x0) : SamplingStart.FromNoise(CosineNoise.Draw(0, x0.shape));
        var result = EverySampler.Run(
            sampler, GuidedRecordings.Network(StepVariance.LearnedRange), GuidedRecordings.Linear, start,
            new() { Parameterization = StepVariance.LearnedRange.Epsilon(), Clip = encodes ? null : 1 },
            CosineNoise.From(1));
        Expect.RelativelyClose(result, GuidedRecordings.Read(kind + sections), 1e-5);      // float32, ten steps
    }
}
