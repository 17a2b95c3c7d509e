using System.Text.Json;
using Ddpm.Samples.WebStudio;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>What the studio answers is what the library makes.</summary>
public class StudioImagesTests
{
    private StudioUnderTest studio = null!;

    [OneTimeSetUp]
    public async Task Start() => studio = await StudioUnderTest.StartAsync();

    [OneTimeTearDown]
    public async Task End() => await studio.DisposeAsync();

    [Test]
    public async Task Generate_TellsEveryStepAndThenTheImages()
    {
        var events = await studio.EventsAsync("/api/generate", new { sampler = "ddim", steps = 6, seed = 5, label = 2, guidance = 2.5, count = 2 });
        var frames = events.Where(each => each.Type == "frame").Select(each => each.Data).ToArray();
        Assert.That(frames.Select(frame => frame.GetProperty("step").GetInt32()), Is.EqualTo([1, 2, 3, 4, 5, 6]));
        Assert.That(frames.Select(frame => frame.GetProperty("t").GetDouble()), Is.Ordered.Descending);
        foreach (var name in (string[])["noisy", "estimates"])
            Assert.That(frames.All(frame => frame.GetProperty(name).GetArrayLength() == 2), name);
        var (type, last) = events[^1];
        Assert.That(type, Is.EqualTo("final"));
        Assert.That(last.GetProperty("seed").GetUInt64(), Is.EqualTo(5));
        Assert.That(Texts(last, "images"), Is.EqualTo(Texts(frames[^1], "noisy")));
        Assert.That(Picture.Decode(last.GetProperty("images")[0].GetBytesFromBase64()).Shape, Is.EqualTo(new ImageShape(3, 16, 16)));

        static string?[] Texts(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(each => each.GetString())];
    }

    [Test]
    public async Task Generate_IsWhatTheLibraryDraws()
    {
        using var diffusion = StudioUnderTest.Diffusion();
        using var drawn = diffusion.Sample(3, new SamplingOptions
        {
            Seed = 11,
            Labels = [4, 4, 4],
            Guidance = new Guidance(2),
            Backend = InferenceBackend.FixedBatch(4),
            Sampler = NamedSamplers.Create("ddim", 5),
        });
        var images = await studio.ImagesAsync("/api/generate", new { sampler = "ddim", steps = 5, seed = 11, label = 4, guidance = 2, count = 3 });
        for (var k = 0; k < 3; k++)
            Assert.That(images[k], Is.EqualTo(Picture.FromTensor(drawn[k]).EncodePng()));
    }

    [Test]
    public async Task Generate_AmongOthers_HasTheSameBytesAsAlone()
    {
        object Wish(int seed) => new { seed, label = seed % 12, count = 1 + seed % 3, sampler = seed % 2 == 0 ? "ddim" : "ddpm", steps = 4 };
        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(seed => studio.ImagesAsync("/api/generate", Wish(seed))));
        for (var seed = 0; seed < together.Length; seed++)
            Assert.That(await studio.ImagesAsync("/api/generate", Wish(seed)), Is.EqualTo(together[seed]), $"seed {seed}");
        Assert.That(together.Select(images => Convert.ToBase64String(images[0])), Is.Unique);
    }

    [Test]
    public async Task Generate_WithoutASeed_SaysWhichItTook()
    {
        var (_, last) = (await studio.EventsAsync("/api/generate", new { }))[^1];
        var again = await studio.ImagesAsync("/api/generate", new { seed = last.GetProperty("seed").GetUInt64() });
        Assert.That(again[0], Is.EqualTo(last.GetProperty("images")[0].GetBytesFromBase64()));
    }

    // The ancestral sampler draws noise in every step, which must be the ends' too.
    [TestCase("ddim")]
    [TestCase("ddpm")]
    public async Task Interpolate_BeginsAndEndsWithTheImagesOfItsSeeds(string sampler)
    {
        var between = await studio.ImagesAsync("/api/interpolate", new { sampler, steps = 4, seed = 21, secondSeed = 22, label = 1, count = 4 });
        Assert.That(between, Has.Length.EqualTo(4).And.Unique);
        foreach (var (seed, image) in ((int, byte[])[])[(21, between[0]), (22, between[^1])])
            Assert.That(image, Is.EqualTo((await studio.ImagesAsync("/api/generate", new { sampler, steps = 4, seed, label = 1 }))[0]));
    }

    [Test]
    public async Task Inpaint_KeepsWhatIsNotPainted()
    {
        var given = Picture.Of(new ShapesReader(count: 1).Read(), 0);
        var mask = new byte[16 * 16];
        for (var i = 0; i < 5 * 16; i++)
            mask[i] = 1;
        var body = new { image = given.EncodePng(), mask, seed = 4, label = 0, sampler = "ddim", steps = 5, resamplings = 2 };
        var events = await studio.EventsAsync("/api/inpaint", body);
        Assert.That(events.Select(each => each.Type).Where(type => type != "queued").Distinct(), Is.EqualTo(["progress", "final"]));
        var filled = Picture.Decode(events[^1].Data.GetProperty("images")[0].GetBytesFromBase64());
        var (before, after) = (given.Pixels.ToArray(), filled.Pixels.ToArray());
        for (var i = 0; i < before.Length; i++)
            if (mask[i % mask.Length] == 0)
                Assert.That(after[i], Is.EqualTo(before[i]), $"value {i}");
        Assert.That(after, Is.Not.EqualTo(before));
        Assert.That(await studio.ImagesAsync("/api/inpaint", body), Is.EqualTo([filled.EncodePng()]));
    }

    [Test]
    public async Task Forward_IsTheClosedForm()
    {
        var given = Picture.Of(new ShapesReader(count: 1).Read(), 0);
        using var response = await studio.PostAsync("/api/forward", new { image = given.EncodePng(), seed = 9, count = 5 });
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(answer.GetProperty("image").GetBytesFromBase64(), Is.EqualTo(given.EncodePng()));
        using var diffusion = StudioUnderTest.Diffusion();
        using var x0 = given.ToTensor();
        int[] expected = [0, 249, 499, 749, 999];
        foreach (var (t, frame) in expected.Zip(answer.GetProperty("frames").EnumerateArray()))
        {
            Assert.That(frame.GetProperty("t").GetInt32(), Is.EqualTo(t));
            var (signal, noise) = (frame.GetProperty("signal").GetDouble(), frame.GetProperty("noise").GetDouble());
            Assert.That(signal * signal + noise * noise, Is.EqualTo(1).Within(1e-12));
            using var xt = diffusion.Diffuse(x0, t, seed: 9);
            Assert.That(frame.GetProperty("image").GetBytesFromBase64(), Is.EqualTo(Picture.FromTensor(xt).EncodePng()), $"t = {t}");
        }
    }

    // cos² + sin² = 1: a mix of independent normals is normal again.
    [Test]
    public void MixedNoise_IsStandardNormalAndNearTheNearerEnd()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var mixed = TorchSharp.torch.empty(5, 1, 64, 64);
        new MixedNoise(1, 2, 5).Fill(mixed, 0, draw: 0);
        for (var k = 0; k < 5; k++)
        {
            Assert.That(mixed[k].mean().item<float>(), Is.Zero.Within(4.0 / 64));
            Assert.That(mixed[k].std().item<float>(), Is.EqualTo(1).Within(0.05));
            Assert.That((mixed[k] * mixed[0]).mean().item<float>(), Is.EqualTo(Math.Cos(Math.PI / 2 * k / 4)).Within(4.0 / 64));
        }
    }
}
