using System.Net;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>Who may send requests, and what browsers are told of the answers.</summary>
public class StudioGuardsTests
{
    private StudioUnderTest studio = null!;

    [OneTimeSetUp]
    public async Task Start() => studio = await StudioUnderTest.StartAsync(options => options with { Hosts = ["studio.example"] });

    [OneTimeTearDown]
    public async Task End() => await studio.DisposeAsync();

    // A name that somebody has pointed to this machine is not the studio's; neither is a number, unless it listens everywhere.
    [TestCase("localhost", HttpStatusCode.OK)]
    [TestCase("LOCALHOST:80", HttpStatusCode.OK)]
    [TestCase("127.0.0.1:80", HttpStatusCode.OK)]
    [TestCase("[::1]:80", HttpStatusCode.OK)]
    [TestCase("studio.example", HttpStatusCode.OK)]
    [TestCase("evil.example", HttpStatusCode.MisdirectedRequest)]
    [TestCase("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [TestCase("192.168.1.7", HttpStatusCode.MisdirectedRequest)]
    public async Task Host_MustBeTheStudios(string host, HttpStatusCode code)
    {
        foreach (var path in (string[])["/", "/api/models", "/health"])
        {
            using var response = await SendAsync(HttpMethod.Get, path, ("Host", host));
            Assert.That(response.StatusCode, Is.EqualTo(code), path);
        }
    }

    [TestCase("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "null", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "{own}", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-origin", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("X-Nothing", "1", HttpStatusCode.UnsupportedMediaType)]
    public async Task Post_OfAnotherOrigin_IsRefused(string header, string value, HttpStatusCode code)
    {
        var own = studio.Address.GetLeftPart(UriPartial.Authority);
        using var response = await SendAsync(
            HttpMethod.Post, "/api/generate", (header, value.Replace("{own}", own, StringComparison.Ordinal)));
        Assert.That(response.StatusCode, Is.EqualTo(code));
    }

    // The page's, the API's, and a refusal's.
    [TestCase("/")]
    [TestCase("/main.js")]
    [TestCase("/api/models")]
    [TestCase("/nothing")]
    public async Task Headers_KeepTheAnswerToItself(string path)
    {
        using var response = await studio.Client.GetAsync(path);
        string Header(string name) => string.Join(",", response.Headers.GetValues(name));
        Assert.That(
            Header("Content-Security-Policy"),
            Does.StartWith("default-src 'none'; ").And.Not.Contain("unsafe").And.Not.Contain("*").And.Not.Contain("http"));
        Assert.That(Header("X-Content-Type-Options"), Is.EqualTo("nosniff"));
        Assert.That(Header("Referrer-Policy"), Is.EqualTo("no-referrer"));
        Assert.That(Header("Cache-Control"), Is.EqualTo("no-store"));
        Assert.That(response.Headers.Contains("Server"), Is.False);
        Assert.That(response.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [Test]
    public async Task Page_NamesNothingElsewhere()
    {
        var files = Directory.GetFiles(Repository.At("samples/WebStudio/wwwroot"));
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var sent = await studio.Client.GetStringAsync(name == "index.html" ? "/" : $"/{name}");
            Assert.That(sent, Is.EqualTo(await File.ReadAllTextAsync(file)), name);
            var addresses = sent.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.That(addresses, Does.Not.Match(@"https?:|[""'(]//|@import|\bstyle="), name);
            Assert.That(sent.Split('\n'), Has.Length.LessThanOrEqualTo(300), name);
        }
        Assert.That(files, Has.Length.GreaterThan(10));
    }

    [Test]
    public async Task Health_IsGood()
    {
        var health = await studio.GetAsync("/health");
        Assert.That(health.GetProperty("status").GetString(), Is.EqualTo("Healthy"));
        Assert.That(health.GetProperty("models")[0].GetProperty("name").GetString(), Is.EqualTo("diffusion-shapes"));
    }

    [Test]
    public async Task Models_SayWhatTheyMake()
    {
        var answer = await studio.GetAsync("/api/models");
        var model = answer.GetProperty("models")[0];
        foreach (var (name, expected) in ((string, int)[])[
            ("channels", 3), ("height", 16), ("width", 16), ("steps", 1000), ("ownSteps", 5), ("classes", 12)])
            Assert.That(model.GetProperty(name).GetInt32(), Is.EqualTo(expected), name);
        Assert.That(model.GetProperty("guidance").GetBoolean());
        Assert.That(model.GetProperty("samplers").GetArrayLength(), Is.EqualTo(NamedSamplers.Names.Count));
        Assert.That(answer.GetProperty("limits").GetProperty("images").GetInt32(), Is.EqualTo(4));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await studio.Client.SendAsync(request);
    }
}
