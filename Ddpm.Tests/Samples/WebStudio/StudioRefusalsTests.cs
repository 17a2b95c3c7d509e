using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>What is wrong with a request is said in one form, and costs nothing.</summary>
public class StudioRefusalsTests
{
    private StudioUnderTest studio = null!;

    [OneTimeSetUp]
    public async Task Start() => studio = await StudioUnderTest.StartAsync(options => options with { MostSteps = 50, MostUploadBytes = 100_000 });

    [OneTimeTearDown]
    public async Task End() => await studio.DisposeAsync();

    [TestCase("""{"steps": "many", "sampler": "ddim"}""", "steps", "a whole number")]
    [TestCase("""{"steps": 1.5, "sampler": "ddim"}""", "steps", "a whole number")]
    [TestCase("""{"steps": 0, "sampler": "ddim"}""", "steps", "a whole number in 1..50")]
    [TestCase("""{"steps": 51, "sampler": "ddim"}""", "steps", "a whole number in 1..50")]
    [TestCase("""{"steps": 5}""", "steps", "left out without a sampler, whose they are")]
    [TestCase("""{"sampler": "dimm"}""", "sampler", "one of ddpm, ddim, ")]
    [TestCase("""{"sampler": 7}""", "sampler", "a text")]
    [TestCase("""{"model": "../../etc/passwd"}""", "model", "one of shapes")]
    [TestCase("""{"seed": -1}""", "seed", "a whole number from 0 on")]
    [TestCase("""{"seed": 9007199254740992}""", "seed", "a whole number in 0..9007199254740991")]
    [TestCase("""{"label": 12}""", "label", "a whole number in 0..11")]
    [TestCase("""{"guidance": 2}""", "guidance", "left out without a label, that it leads to")]
    [TestCase("""{"label": 1, "guidance": 1e99}""", "guidance", "a number in -100..100")]
    [TestCase("""{"label": 1, "guidance": "NaN"}""", "guidance", "a number")]
    [TestCase("""{"count": 5}""", "count", "a whole number in 1..4")]
    [TestCase("""{"seed": 1, "seed": 2}""", "body", "an object with each field once")]
    [TestCase("""{"Seed": 1}""", "body", "of the fields count, model, sampler, steps, seed, label, guidance")]
    [TestCase("""{"path": "/etc/passwd"}""", "body", "of the fields count, ")]
    [TestCase("""{"seed": 1""", "body", "JSON")]
    [TestCase("""[1]""", "body", "a JSON object")]
    [TestCase("""null""", "body", "a JSON object")]
    [TestCase("", "body", "JSON")]
    public async Task Body_ThatIsNotRight_IsAnsweredByTheFieldTheRuleAndTheValue(string body, string field, string rule)
    {
        using var response = await studio.PostTextAsync("/api/generate", body);
        var problem = await ProblemOf(response, HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("field").GetString(), Is.EqualTo(field));
        Assert.That(problem.GetProperty("rule").GetString(), Does.StartWith(rule));
        Assert.That(problem.GetProperty("detail").GetString(),
            Is.EqualTo($"{field} must be {problem.GetProperty("rule").GetString()}, but is {problem.GetProperty("value").GetString()}."));
    }

    [Test]
    public async Task Nesting_WithoutEnd_IsRefused()
    {
        using var response = await studio.PostTextAsync("/api/generate", """{"seed":""" + new string('[', 10_000));
        await ProblemOf(response, HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task Picture_OfMorePixelsThanMayBe_IsRefusedByItsHeader()
    {
        foreach (var (width, height) in ((int, int)[])[(100_000, 100_000), (int.MaxValue, 1), (4097, 4096)])
        {
            using var response = await studio.PostAsync("/api/forward", new { image = PngOf(width, height) });
            var problem = await ProblemOf(response, HttpStatusCode.BadRequest);
            Assert.That(problem.GetProperty("field").GetString(), Is.EqualTo("image"));
            var value = problem.GetProperty("value").GetString();
            Assert.That(value, Does.Contain($"{width} x {height}").Or.Contain("bytes that are none, or are damaged"));
        }
    }

    [TestCase("")]
    [TestCase("no picture at all")]
    [TestCase("<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>")]
    public async Task File_ThatIsNoPicture_IsRefused(string content)
    {
        foreach (var path in (string[])["/api/forward", "/api/inpaint"])
        {
            using var response = await studio.PostAsync(path, Body(path, Encoding.UTF8.GetBytes(content)));
            var problem = await ProblemOf(response, HttpStatusCode.BadRequest);
            Assert.That(problem.GetProperty("field").GetString(), Is.EqualTo("image"));
        }
    }

    [Test]
    public async Task Picture_CutAnywhere_IsRefused()
    {
        var whole = Picture.Of(new ShapesReader(count: 1).Read(), 0).EncodePng();
        for (var length = 1; length < whole.Length - 24; length += 37)
        {
            using var response = await studio.PostAsync("/api/forward", new { image = whole[..length] });
            await ProblemOf(response, HttpStatusCode.BadRequest);
        }
    }

    [Test]
    public async Task Mask_MustFitThePictureAndSaySomething()
    {
        var image = Picture.Of(new ShapesReader(count: 1).Read(), 0).EncodePng();
        foreach (var mask in (byte[]?[])[null, [], Mask(0), Mask(2), new byte[17], Mask(1)[1..]])
        {
            using var response = await studio.PostAsync("/api/inpaint", new { image, mask });
            Assert.That((await ProblemOf(response, HttpStatusCode.BadRequest)).GetProperty("field").GetString(), Is.EqualTo("mask"));
        }
    }

    // With its length said before, and without.
    [Test]
    public async Task Body_ThatIsTooLong_IsNotReadToItsEnd([Values] bool isChunked)
    {
        foreach (var (path, most) in ((string, int)[])[("/api/generate", 1 << 14), ("/api/forward", 100_000)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
                { Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"image": "{{new string('A', most)}}"}""")) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TransferEncodingChunked = isChunked;
            using var response = await studio.Client.SendAsync(request);
            await ProblemOf(response, HttpStatusCode.RequestEntityTooLarge);
        }
    }

    [Test]
    public async Task Body_OfAnotherKind_IsRefused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("1"), "seed" } };
        using var response = await studio.Client.PostAsync("/api/generate", form);
        await ProblemOf(response, HttpStatusCode.UnsupportedMediaType);
    }

    [TestCase("/api/nothing", HttpStatusCode.NotFound)]
    [TestCase("/api/generate", HttpStatusCode.MethodNotAllowed)]
    [TestCase("/../StudioOptions.cs", HttpStatusCode.NotFound)]
    [TestCase("/%2e%2e/%2e%2e/etc/passwd", HttpStatusCode.NotFound)]
    [TestCase("/wwwroot/index.html", HttpStatusCode.NotFound)]
    public async Task Address_ThatIsNone_IsAProblem(string path, HttpStatusCode code)
    {
        using var response = await studio.Client.GetAsync(path);
        await ProblemOf(response, code);
    }

    [TearDown]
    public async Task NothingWaits() => await studio.WaitUntilIdleAsync();

    internal static async Task<JsonElement> ProblemOf(HttpResponseMessage response, HttpStatusCode code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(code), text);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        var problem = JsonElement.Parse(text);
        Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)code));
        return problem;
    }

    /// <summary>A PNG that says its size, with right checksums and next to no pixels.</summary>
    internal static byte[] PngOf(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", [0x78, 0x9C, 0x03, 0x00, 0, 0, 0, 1]), .. Chunk("IEND", [])];

        static byte[] Chunk(string type, byte[] data)
        {
            byte[] checkedPart = [.. Encoding.ASCII.GetBytes(type), .. data];
            var (length, crc) = (new byte[4], new byte[4]);
            BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32.HashToUInt32(checkedPart));
            return [.. length, .. checkedPart, .. crc];
        }
    }

    private static object Body(string path, byte[] image) => path == "/api/inpaint" ? new { image, mask = Mask(1) } : new { image };

    private static byte[] Mask(byte value) => [.. Enumerable.Repeat(value, 16 * 16)];
}
