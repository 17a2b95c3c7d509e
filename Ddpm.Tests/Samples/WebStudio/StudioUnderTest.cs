using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ddpm.Hosting;
using Ddpm.Samples.WebStudio;
using Ddpm.Tests.Models.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>A studio with a small untrained model, as its command makes it, on a free port of this machine.</summary>
internal sealed class StudioUnderTest : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly WebApplication app;

    private StudioUnderTest(TemporaryFolder folder, WebApplication app)
    {
        (this.folder, this.app) = (folder, app);
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    internal Uri Address { get; }

    internal HttpClient Client { get; }

    /// <summary>Where the model is.</summary>
    internal string Model => folder.File("model");

    /// <param name="change">Other options than the usual ones.</param>
    /// <param name="gate">In place of the network: its steps wait until they may.</param>
    internal static async Task<StudioUnderTest> StartAsync(Func<StudioOptions, StudioOptions>? change = null, GateDenoiser? gate = null)
    {
        var folder = new TemporaryFolder();
        using (var diffusion = Diffusion())
            diffusion.Save(folder.File("model"));
        var options = new StudioOptions
        {
            Models = new Dictionary<string, string> { ["shapes"] = folder.File("model") },
            BatchSize = 4,
            RequestsAMinute = 100_000,
        };
        var app = Studio.Make(change?.Invoke(options) ?? options, services => services.PostConfigureAll<DiffusionServiceOptions>(model =>
        {
            if (gate is not null)
                (model.Model, model.Create) = (null, _ => new DiffusionBuilder().WithDenoiser(gate, new ImageShape(3, 16, 16)).Build());
        }));
        await app.StartAsync();
        return new StudioUnderTest(folder, app);
    }

    /// <summary>The model: 12 classes with names, guidance, 1,000 steps, of which its own sampler takes 5.</summary>
    internal static Diffusion Diffusion() => new DiffusionBuilder()
        .WithCosineSchedule(1000)
        .WithUNet(UNetOptions.Tiny with { Channels = 8, Groups = 4 })
        .WithClasses(12)
        .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(5))
        .WithDevice(CPU)
        .WithSeed(3)
        .Build();

    /// <summary>Sends JSON; the answer is read as it comes.</summary>
    internal Task<HttpResponseMessage> PostAsync(string path, object body, CancellationToken stop = default) =>
        PostTextAsync(path, JsonSerializer.Serialize(body), stop);

    internal async Task<HttpResponseMessage> PostTextAsync(string path, string json, CancellationToken stop = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    /// <summary>All events of a request that is answered.</summary>
    internal async Task<IReadOnlyList<(string Type, JsonElement Data)>> EventsAsync(string path, object body)
    {
        using var response = await PostAsync(path, body);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await TextOfAsync(response));
        return await ServerEvents.Of(response).ToArrayAsync();
    }

    /// <summary>The images of a request's last event.</summary>
    internal async Task<byte[][]> ImagesAsync(string path, object body)
    {
        var (type, data) = (await EventsAsync(path, body))[^1];
        Assert.That(type, Is.EqualTo("final"), $"{data}");
        return [.. data.GetProperty("images").EnumerateArray().Select(image => image.GetBytesFromBase64())];
    }

    internal Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Until nothing waits and nothing is made.</summary>
    internal async Task WaitUntilIdleAsync()
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50))
        {
            var queue = (await GetAsync("/api/queue"))[0];
            if (queue.GetProperty("waiting").GetInt32() + queue.GetProperty("running").GetInt32() == 0)
                return;
        }
        Assert.Fail($"The queue did not become empty: {await GetAsync("/api/queue")}");
    }

    internal Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<string> TextOfAsync(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync();
}
