using System.Collections.Concurrent;
using Ddpm.Hosting;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>Fifty callers at once, of whom some give up: nobody gets another's image, and nothing is left behind.</summary>
[NonParallelizable]
public class ServiceLoadTests
{
    private const int Clients = 50, RequestsOfEach = 20, Seeds = 12;

    [Test]
    [CancelAfter(300_000)]
    public async Task FiftyClients_OfTwentyRequests_GetTheirOwnImages()
    {
        using var network = Compiled.Shaken.Network(ServiceApp.Options);
        var alone = Enumerable.Range(0, Seeds).Select(seed => Alone(network, seed)).ToArray();
        long before;
        var (made, refused, cancelled, wrong) = (0, 0, 0, new ConcurrentQueue<string>());
        await using (var app = ServiceApp.Of(() => ServiceApp.Model(network), options => options.QueueLimit = 60))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => app.Service.GenerateAsync(Request(seed))));
            before = Expect.LiveTensors();
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
            {
                var random = new Random(client);
                for (var i = 0; i < RequestsOfEach; i++)
                {
                    var seed = random.Next(Seeds);
                    using var end = new CancellationTokenSource();
                    if (random.Next(4) == 0)
                        end.CancelAfter(random.Next(30));
                    try
                    {
                        var images = random.Next(3) == 0
                            ? (await app.Service.StreamAsync(Request(seed), end.Token).LastAsync()).Result!
                            : await app.Service.GenerateAsync(Request(seed), end.Token);
                        Interlocked.Increment(ref made);
                        if (!images.Values.Span.SequenceEqual(alone[seed]))
                            wrong.Enqueue($"client {client}, request {i}, seed {seed}");
                    }
                    catch (DiffusionUnavailableException full)
                    {
                        Interlocked.Increment(ref refused);
                        Assert.That(full.RetryAfter, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
                        await Task.Delay(random.Next(20));
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            })));
            TestContext.Out.WriteLine($"{made} made in {app.Batches.Count} batches, {refused} refused, {cancelled} cancelled");
            Assert.Multiple(() =>
            {
                Assert.That(wrong, Is.Empty);
                Assert.That(made + refused + cancelled, Is.EqualTo(Clients * RequestsOfEach));
                Assert.That(Math.Min(made, Math.Min(refused, cancelled)), Is.Positive, "All of it was tried.");
                Assert.That(app.Service.Queue, Has.Property("Waiting").Zero);
            });
            // The thread is done with what was given up, too.
            await app.Service.RunAsync((_, _) => 0);
            Assert.That(Expect.LiveTensors(), Is.EqualTo(before));
        }
    }

    private static GenerationRequest Request(int seed) => new()
    {
        Count = 1 + seed % 4,
        Seed = (ulong)seed,
        Labels = seed % 3 == 0 ? null : [.. Enumerable.Repeat(seed % 3, 1 + seed % 4)],
        Guidance = seed % 6 == 1 ? 1.5 : null,
        Sampler = seed % 5 == 0 ? "ddim" : null,
        Steps = seed % 5 == 0 ? 3 : null,
    };

    private static float[] Alone(UNet network, int seed)
    {
        using var scope = NewDisposeScope();
        using var diffusion = ServiceApp.Model(network);
        var request = Request(seed);
        return diffusion.Sample(request.Count, new SamplingOptions
        {
            Seed = request.Seed,
            Labels = request.Labels,
            Guidance = request.Guidance is { } scale ? new(scale) : null,
            Sampler = request.Sampler is null ? null : NamedSamplers.Create(request.Sampler, request.Steps),
            Backend = InferenceBackend.FixedBatch(8),
        }).data<float>().ToArray();
    }
}
