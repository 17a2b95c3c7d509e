using System.Text.Json;
using System.Text.Json.Nodes;
using Ddpm.Tests.Core.Samplers;

namespace Ddpm.Tests.Models;

/// <summary>Spacings in ddpm.json are their kind and their settings, nothing more and nothing less.</summary>
public class SpacingJsonTests
{
    private static IEnumerable<string> Names => EverySpacing.Names;

    [Test]
    public void WriteThenRead_GivesAnEqualSpacing([ValueSource(nameof(Names))] string name)
    {
        var spacing = EverySpacing.All[name]();
        var text = SpacingJson.Write(spacing).ToJsonString();
        Assert.That(SpacingJson.Read(JsonNode.Parse(text)), Is.EqualTo(spacing), text);
    }

    [Test]
    public void Write_IsKindAndSettings() => Assert.That(
        SpacingJson.Write(TimestepSpacing.Karras(18)).ToJsonString(),
        Is.EqualTo("""{"kind":"karras","count":18,"highest":null,"lowest":null,"power":7}"""));

    [TestCase("null", "must be an object")]
    [TestCase("[]", "must be an object")]
    [TestCase("{}", "must be one of")]
    [TestCase("""{"kind":"lunar"}""", "'lunar'")]
    [TestCase("""{"kind":3}""", "must be one of")]
    [TestCase("""{"kind":"trailing"}""", "must have 'count'")]
    [TestCase("""{"kind":"trailing","count":null}""", "'count' is not one, null")]
    [TestCase("""{"kind":"trailing","count":2.5}""", "'count' is not one, 2.5")]
    [TestCase("""{"kind":"trailing","count":0}""", "1..1000000")]
    [TestCase("""{"kind":"trailing","count":2147483647}""", "1..1000000")]
    [TestCase("""{"kind":"trailing","count":99999999999}""", "'count' is not one")]
    [TestCase("""{"kind":"trailing","count":5,"offset":1}""", "no 'offset'")]
    [TestCase("""{"kind":"all","count":5}""", "no 'count'")]
    [TestCase("""{"kind":"karras","count":5,"highest":1,"lowest":2,"power":7}""", "0 < lowest <= highest")]
    [TestCase("""{"kind":"karras","count":5,"highest":null,"lowest":null,"power":0}""", "power")]
    [TestCase("""{"kind":"exponential","count":5,"highest":null,"lowest":null,"rounding":"up"}""", "'rounding' is not one")]
    [TestCase("""{"kind":"flow_time","count":5,"shift":-1,"lowest":null}""", "shift")]
    [TestCase("""{"kind":"respaced","sections":"1000000,1000000"}""", "1..1000000")]
    [TestCase("""{"kind":"respaced","sections":"ten"}""", "'ten'")]
    [TestCase("""{"kind":"respaced","sections":null}""", "'sections' is not one")]
    [TestCase("""{"kind":"list","steps":[]}""", "1..1000000")]
    [TestCase("""{"kind":"levels","levels":null}""", "'levels' is not one")]
    public void Read_OfWhatIsNoSpacing_SaysWhy(string text, string named) =>
        Assert.That(() => SpacingJson.Read(JsonNode.Parse(text)), Throws.TypeOf<JsonException>().With.Message.Contains(named));

    private static readonly string[] Schedulers =
    [
        "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler", "DEISMultistepScheduler",
        "KDPM2DiscreteScheduler", "EulerDiscreteScheduler", "HeunDiscreteScheduler",
    ];

    // What the network is told at levels, rounded as diffusers does, is the same before saving and after, in that number of steps and in another.
    [Test]
    public void SaveThenLoad_OfASchedulerWithLevels_TellsTheSameSteps(
        [ValueSource(nameof(Schedulers))] string scheduler, [Values("karras_sigmas", "exponential_sigmas", "lu_lambdas")] string levels)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("scheduler_config.json"), $$"""{"_class_name":"{{scheduler}}","use_{{levels}}":true}""");
        using var model = new DiffusionBuilder().WithUNet(UNetOptions.Tiny)
            .WithScheduler(folder.File("scheduler_config.json"), new() { Steps = 6 }).Build();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        var (saved, read, path) = ((GridSampler)model.Sampler, (GridSampler)loaded.Sampler, model.Process.Path);
        Assert.That(read, Is.EqualTo(saved));
        foreach (var count in new[] { 6, 11 })
            Assert.That(In(read, count).Points(path), Is.EqualTo(In(saved, count).Points(path)));
        if (levels != "exponential_sigmas" && saved is LambdaSampler)
            Assert.That(In(saved, 11).Points(path).Select(point => point.T), Is.EqualTo(Rounded(In(saved, 11), path)));

        GridSampler In(GridSampler sampler, int count) => sampler with { Spacing = sampler.Spacing.WithCount(count, sampler.PathOf(path)) };
    }

    private static IEnumerable<double> Rounded(GridSampler sampler, DiffusionPath path) =>
        sampler.Spacing.Select(sampler.PathOf(path)).Select(point => Math.Round(point.T));
}
