using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>Schedules, noised images and posteriors against guided-diffusion's.</summary>
public class GuidedProcessTests
{
    private const string Betas = "betas.";

    private static IEnumerable<TestCaseData> Schedules => Recordings.Cases(
        GuidedRecordings.IndexFile, () => GuidedRecordings.Index.EnumerateObject()
            .Where(item => item.Name.StartsWith(Betas, StringComparison.Ordinal)).Select(item => item.Name[Betas.Length..]));

    [TestCaseSource(nameof(Schedules))]
    public void Betas_OfASchedule_AreTheRecorded(string name) => Assert.That(
        GuidedRecordings.Schedule(name).Betas, Is.EqualTo(GuidedRecordings.Index.GetProperty(Betas + name).Numbers()).Within(1e-14));

    // Computed and recorded in float32: 1e-6 of the largest value.
    [Test]
    public void Diffuse_IsTheRecordedImage()
    {
        using var scope = NewDisposeScope();
        var x0 = GuidedRecordings.X0();
        var noise = CosineNoise.Draw(GuidedRecordings.Index.FindInteger("q_sample_noise") ?? 2, x0.shape);
        Expect.RelativelyClose(
            GuidedRecordings.LinearProcess.Diffuse(x0, GuidedRecordings.LossSteps, noise), GuidedRecordings.Read("q_sample"), 1e-6);
    }

    [Test]
    public void Posterior_OfEachImage_IsTheRecorded()
    {
        using var scope = NewDisposeScope();
        var (process, x0, xt) = (GuidedRecordings.LinearProcess, GuidedRecordings.X0(), GuidedRecordings.Read("q_sample"));
        var (means, variances) = (GuidedRecordings.Read("posterior.mean"), GuidedRecordings.Read("posterior.variance"));
        foreach (var (i, t) in GuidedRecordings.LossSteps.Index())
        {
            Expect.RelativelyClose(process.Posterior(t).Mean(xt[i..(i + 1)], x0[i..(i + 1)]), means[i..(i + 1)], 1e-6);
            Assert.That(process.Posterior(t).Variance, Is.EqualTo(variances[i].max().item<float>()).Within(1e-7));
        }
    }
}
