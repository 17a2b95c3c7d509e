using System.Drawing;
using System.Text.Json;
using Ddpm.Hosting;
using Ddpm.Samples;
using Ddpm.Tests.Models.Hosting;
using Microsoft.Extensions.AI;

namespace Ddpm.Tests.Samples.ImageGenerator;

/// <summary>A model by the interface of Microsoft.Extensions.AI.</summary>
public class ImageGeneratorTests
{
    private static readonly string[] Names = ["circle", "square", "a star"];

    private UNet network = null!;
    private Diffusion diffusion = null!;
    private IImageGenerator generator = null!;

    [OneTimeSetUp]
    public void Make()
    {
        network = Ddpm.Tests.Models.Compiled.Shaken.Network(ServiceApp.Options);
        diffusion = new DiffusionBuilder().WithDenoiser(network).WithSampler("ddim", 5).WithClassNames(Names).Build();
        generator = diffusion.AsImageGenerator("shapes");
    }

    [OneTimeTearDown]
    public void Free()
    {
        generator.Dispose();
        diffusion.Dispose();
        network.Dispose();
    }

    [TestCase("square", 1)]
    [TestCase(" A Star ", 2)]
    [TestCase("1", 1)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public async Task Prompt_IsAClassByNameOrNumber(string? prompt, int? label)
    {
        var response = await generator.GenerateAsync(new(prompt!), With(("seed", 5UL)) with { Count = 2 });
        using var expected = diffusion.Sample(2, new() { Seed = 5, Labels = label is { } one ? [one, one] : null });
        Assert.That(response.Contents, Has.Count.EqualTo(2));
        for (var k = 0; k < 2; k++)
        {
            using var image = expected[k];
            var made = (DataContent)response.Contents[k];
            Assert.That(made.MediaType, Is.EqualTo("image/png"));
            Expect.SamePicture(Picture.Decode(made.Data), Picture.FromTensor(image), share: 1);
        }
    }

    [Test]
    public async Task Options_AreSeedStepsSamplerGuidanceAndSize()
    {
        var response = await generator.GenerateAsync(
            new("circle"),
            With(("seed", "9"), ("steps", JsonDocument.Parse("3").RootElement), ("sampler", "heun"), ("guidance", 2.5)) with { Size = new Size(40, 24) });
        using var expected = diffusion.Sample(1, new()
        {
            Seed = 9, Labels = [0], Sampler = NamedSamplers.Create("heun", 3), Guidance = new(2.5),
        });
        Expect.SamePicture(
            Picture.Decode(((DataContent)response.Contents.Single()).Data), Picture.FromTensor(expected).Resize(40, 24), share: 1);
    }

    [Test]
    public async Task OriginalImage_IsChangedAsStronglyAsAsked()
    {
        using var x0 = diffusion.Sample(1, new() { Seed = 3 });
        var original = Picture.FromTensor(x0);
        async Task<Picture> Edited(double strength)
        {
            var response = await generator.GenerateAsync(
                new("square", [new DataContent(original.EncodePng(), "image/png")]), With(("seed", 1UL), ("strength", strength)));
            return Picture.Decode(((DataContent)response.Contents.Single()).Data);
        }
        Expect.SamePicture(await Edited(0), original, share: 1);
        using var unit = original.ToTensor();
        using var expected = diffusion.ImageToImage(unit, 0.5, new() { Seed = 1, Labels = [1] });
        Expect.SamePicture(await Edited(0.5), Picture.FromTensor(expected), share: 1);
    }

    [TestCaseSource(nameof(Wrong))]
    public async Task Request_ThatCannotBe_IsRefused(string prompt, AIContent[]? original, OptionsOf options, string message) =>
        Assert.That(
            (await ServiceApp.Fault<ArgumentException>(generator.GenerateAsync(new(prompt, original!), options))).Message, Does.Contain(message));

    [Test]
    public async Task Prompt_OfAModelWithoutClasses_IsRefused()
    {
        using var unconditional = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).Build();
        using var drawing = unconditional.AsImageGenerator();
        Assert.That(
            (await ServiceApp.Fault<ArgumentException>(drawing.GenerateAsync(new("cat")))).Message,
            Does.StartWith("The model has no classes, so that the prompt must be empty, but is 'cat'."));
    }

    [Test]
    public async Task Generator_OfAService_DrawsWhatTheServiceDraws()
    {
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network), options => options.Sampler = "ddim");
        using var shared = app.Service.AsImageGenerator();
        var response = await shared.GenerateAsync(new("2"), With(("seed", 4UL), ("steps", 3)) with { Count = 3 });
        var expected = await app.Service.GenerateAsync(new() { Count = 3, Seed = 4, Steps = 3, Labels = [2, 2, 2] });
        foreach (var (made, picture) in response.Contents.OfType<DataContent>().Zip(expected.ToPictures()))
            Expect.SamePicture(Picture.Decode(made.Data), picture, share: 1);
        var edited = await shared.EditImageAsync(expected.ToPictures()[0].EncodePng(), "picture.png", "1");
        Assert.That(edited.Contents, Has.Count.EqualTo(1));
        Assert.That(shared.GetService(typeof(IDiffusionService)), Is.SameAs(app.Service));
    }

    [Test]
    public async Task Callers_AtOnce_TakeTurns()
    {
        var alone = await generator.GenerateAsync(new("1"), With(("seed", 2UL)));
        var together = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => generator.GenerateAsync(new("1"), With(("seed", 2UL)))));
        foreach (var each in together)
            Assert.That(((DataContent)each.Contents[0]).Data.ToArray(), Is.EqualTo(((DataContent)alone.Contents[0]).Data.ToArray()));
    }

    [Test]
    public void Service_OfTheGenerator_IsItsModelAndWhatItIs()
    {
        Assert.Multiple(() =>
        {
            Assert.That(generator.GetService<Diffusion>(), Is.SameAs(diffusion));
            Assert.That(
                generator.GetService<ImageGeneratorMetadata>(),
                Has.Property("ProviderName").EqualTo("ddpm").And.Property("DefaultModelId").EqualTo("shapes"));
            Assert.That(generator.GetService(typeof(string)), Is.Null);
            Assert.That(generator.GetService(typeof(Diffusion), "key"), Is.Null);
        });
    }

    private static OptionsOf With(params (string Name, object Value)[] more) => new() { More = [.. more] };

    private static IEnumerable<TestCaseData> Wrong()
    {
        (string Name, string Prompt, AIContent[]? Original, OptionsOf Options, string Message)[] cases =
        [
            ("no such class", "cat", null, With(), "The prompt must be a class's number in 0..2 or name (circle, square, a star), but is 'cat'."),
            ("no such number", "3", null, With(), "but is '3'."),
            ("no such option", "", null, With(("stepz", 3)),
                "Additional properties must be among seed, steps, sampler, guidance, strength, but one is 'stepz'."),
            ("no number", "", null, With(("seed", "x")), "The option seed must be a number (UInt64), but is 'x'."),
            ("no such sampler", "", null, With(("sampler", "magic")), "A sampler must be one of ddpm,"),
            ("strength", "", null, With(("strength", 2)), "The strength must be in 0..1, but is 2."),
            ("size", "", null, With() with { Size = new Size(0, 5) }, "ImageSize must have edges of 1 to 2048, but is 0 x 5."),
            ("huge", "", null, With() with { Size = new Size(5, 100_000) }, "but is 5 x 100000."),
            ("type", "", null, With() with { MediaType = "image/tiff" }, "MediaType must be image/png, but is 'image/tiff'."),
            ("address", "", null, With() with { Format = ImageGenerationResponseFormat.Uri }, "ResponseFormat must be Data, but is Uri."),
            ("no picture", "", [new DataContent(new byte[] { 1, 2, 3 }, "image/png")], With(), "The original image cannot be read: "),
            ("elsewhere", "", [new UriContent("https://example.org/a.png", "image/png")], With(), "nothing is fetched from elsewhere"),
            ("two", "", [new TextContent("a"), new TextContent("b")], With(), "There must be one original image at most, but there are 2."),
        ];
        return cases.Select(each => new TestCaseData(each.Prompt, each.Original, each.Options, each.Message).SetArgDisplayNames(each.Name));
    }

    /// <summary>Options, made where they are used.</summary>
    public sealed record OptionsOf
    {
        public int? Count { get; init; }

        public Size? Size { get; init; }

        public string? MediaType { get; init; }

        public ImageGenerationResponseFormat? Format { get; init; }

        public IReadOnlyList<(string Name, object Value)> More { get; init; } = [];

        public static implicit operator ImageGenerationOptions(OptionsOf given)
        {
            var options = new ImageGenerationOptions
            {
                Count = given.Count, ImageSize = given.Size, MediaType = given.MediaType, ResponseFormat = given.Format, AdditionalProperties = [],
            };
            foreach (var (name, value) in given.More)
                options.AdditionalProperties[name] = value;
            return options;
        }
    }
}
