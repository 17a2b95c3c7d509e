using System.Net;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>Many clients at once, of which some go away and some send nonsense.</summary>
[NonParallelizable]
[Category("Slow")]
public class StudioLoadTests
{
    private const int Clients = 50, Requests = 20, Seeds = 12;

    [Test]
    public async Task ManyClients_GetTheImagesOfTheirSeeds_OrAWordWhenToComeAgain()
    {
        await using var studio = await StudioUnderTest.StartAsync(options => options with { QueueLimit = 24 });
        static object Wish(int seed) => new { seed, label = seed % 12, sampler = "ddim", steps = 4, count = 1 + seed % 2 };
        var alone = new byte[Seeds][][];
        for (var seed = 0; seed < Seeds; seed++)
            alone[seed] = await studio.ImagesAsync("/api/generate", Wish(seed));
        await studio.WaitUntilIdleAsync();
        var (right, refused, gone, wrong) = (0, 0, 0, 0);
        var tensors = Expect.LiveTensors();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var draws = new Random(client);
            for (var i = 0; i < Requests; i++)
                await (draws.Next(5) switch
                {
                    0 => NonsenseAsync(),
                    1 => LeavesAsync(draws),
                    _ => AsksAsync(draws.Next(Seeds)),
                });
        })));
        await studio.WaitUntilIdleAsync();
        TestContext.Out.WriteLine($"{right} right, {refused} refused, {gone} gone, {wrong} malformed");
        Assert.That(right + refused + gone + wrong, Is.EqualTo(Clients * Requests));
        Assert.That(new[] { right, refused, gone, wrong }, Has.All.Positive);
        Assert.That(Expect.LiveTensors(), Is.EqualTo(tensors));
        for (var seed = 0; seed < Seeds; seed++)
            Assert.That(await studio.ImagesAsync("/api/generate", Wish(seed)), Is.EqualTo(alone[seed]));

        async Task AsksAsync(int seed)
        {
            using var response = await studio.PostAsync("/api/generate", Wish(seed));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.That(response.Headers.RetryAfter?.Delta, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
                Interlocked.Increment(ref refused);
                await Task.Delay(100);
                return;
            }
            var (type, data) = (await ServerEvents.Of(response).ToArrayAsync())[^1];
            Assert.That(type, Is.EqualTo("final"));
            var images = data.GetProperty("images").EnumerateArray().Select(image => image.GetBytesFromBase64());
            Assert.That(images, Is.EqualTo(alone[seed]), $"seed {seed}");
            Interlocked.Increment(ref right);
        }

        async Task LeavesAsync(Random draws)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(draws.Next(60)));
            try
            {
                using var response = await studio.PostAsync("/api/generate", new { sampler = "ddpm", steps = 1000 }, stop.Token);
                await Task.Delay(Timeout.Infinite, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref gone);
            }
        }

        async Task NonsenseAsync()
        {
            using var response = await studio.PostTextAsync("/api/generate", """{"steps": "some", "seed": """);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Interlocked.Increment(ref wrong);
        }
    }
}
