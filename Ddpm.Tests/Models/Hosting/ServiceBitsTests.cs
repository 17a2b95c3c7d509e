using Ddpm.Hosting;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>What many callers get: the same bits as each would alone.</summary>
[NonParallelizable]
public class ServiceBitsTests
{
    private static UNet Network() => Compiled.Shaken.Network(ServiceApp.Options);

    [Test]
    public async Task Generate_AmongOthers_IsWhatTheModelItselfDraws()
    {
        using var network = Network();
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network));
        var requests = Enumerable.Range(0, 12).Select(i => new GenerationRequest
        {
            Count = 1 + i % 5,
            Seed = (ulong)(i * 7),
            Labels = [.. Enumerable.Range(i, 1 + i % 5).Select(k => k % 3)],
            Guidance = i % 4 == 0 ? 2 : null,
            Sampler = i % 6 == 0 ? "dpmpp-2s-ancestral" : null,
            Steps = i % 6 == 0 ? 3 : null,
        }).ToArray();
        var made = await Task.WhenAll(requests.Select(request => app.Service.GenerateAsync(request)));

        using var scope = NewDisposeScope();
        using var alone = ServiceApp.Model(network);
        foreach (var (request, images) in requests.Zip(made))
        {
            Assert.That((images.Seed, images.Count, images.Shape), Is.EqualTo((request.Seed, request.Count, network.Options.Image)));
            Expect.Same(images.ToTensor(), alone.Sample(request.Count, new SamplingOptions
            {
                Seed = request.Seed,
                Labels = request.Labels,
                Guidance = request.Guidance is { } scale ? new(scale) : null,
                Sampler = request.Sampler is null ? null : NamedSamplers.Create(request.Sampler, request.Steps),
                Backend = InferenceBackend.FixedBatch(8),
            }));
        }
    }

    [Test]
    public async Task Generate_OfMoreThanABatch_HasAllImages()
    {
        using var network = Network();
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network), options => options.BatchSize = 4);
        var whole = await app.Service.GenerateAsync(new() { Count = 11, Seed = 3 });
        using var scope = NewDisposeScope();
        using var alone = ServiceApp.Model(network);
        Expect.Same(whole.ToTensor(), alone.Sample(11, new() { Seed = 3, Backend = InferenceBackend.FixedBatch(4) }));
        Assert.That(whole.ToPictures(), Has.Count.EqualTo(11));
        Expect.SamePicture(whole.ToGrid(columns: 11), PictureGrid.Grid(whole.ToTensor(), 11), share: 1);
    }

    [Test]
    public async Task Generate_WithoutASeed_SaysTheOneThatItTook()
    {
        using var network = Network();
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network));
        var first = await app.Service.GenerateAsync(new() { Count = 2 });
        var second = await app.Service.GenerateAsync(new() { Count = 2 });
        var again = await app.Service.GenerateAsync(new() { Count = 2, Seed = first.Seed });
        Assert.Multiple(() =>
        {
            Assert.That(second.Seed, Is.Not.EqualTo(first.Seed));
            Assert.That(again.Values.ToArray(), Is.EqualTo(first.Values.ToArray()));
            Assert.That(second.Values.ToArray(), Is.Not.EqualTo(first.Values.ToArray()));
        });
    }

    [Test]
    public async Task Stream_TellsOfEveryStep_AndEndsWithTheImages()
    {
        using var network = Network();
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network), options => options.BatchSize = 2);
        var request = new GenerationRequest { Count = 3, Seed = 5, Sampler = "ddim", Steps = 6 };
        var frames = new List<GenerationFrame>();
        await foreach (var frame in app.Service.StreamAsync(request))
            frames.Add(frame);

        var alone = await app.Service.GenerateAsync(request);
        Assert.Multiple(() =>
        {
            Assert.That(frames.Select(frame => frame.Step), Is.EqualTo(Enumerable.Range(1, 12)));
            Assert.That(frames.Select(frame => frame.Steps), Is.All.EqualTo(12));
            Assert.That(frames.Select(frame => (frame.First, frame.Noisy.Count)), Is.EqualTo(Enumerable.Repeat((0, 2), 6).Concat(Enumerable.Repeat((2, 1), 6))));
            Assert.That(frames.SkipLast(1).Select(frame => frame.Result), Is.All.Null);
            Assert.That(frames[^1].Result!.Values.ToArray(), Is.EqualTo(alone.Values.ToArray()));
            Assert.That(frames.Take(6).Select(frame => frame.T), Is.Ordered.Descending);
            Assert.That(frames[5].T, Is.EqualTo(-1));
        });
        var pictures = alone.ToPictures();
        Expect.SamePicture(frames[5].Noisy[1], pictures[1], share: 1);
        Expect.SamePicture(frames[11].Noisy[0], pictures[2], share: 1);
    }

    [Test]
    public async Task Run_OfOtherWork_HasTheModelToItself()
    {
        using var network = Network();
        await using var app = ServiceApp.Of(() => ServiceApp.Model(network));
        var before = await app.Service.GenerateAsync(new() { Seed = 1 });
        var threads = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.Service.RunAsync((diffusion, token) =>
        {
            using var images = zeros(1, 3, 16, 16);
            using var known = ones(1, 1, 16, 16, dtype: ScalarType.Bool);
            using var painted = diffusion.Inpaint(images, known, cancellationToken: token, options: new() { Sampler = new DdimSampler(3) });
            return (Thread.CurrentThread.Name, Largest: painted.abs().max().item<float>());
        })));
        var after = await app.Service.GenerateAsync(new() { Seed = 1 });
        Assert.Multiple(() =>
        {
            Assert.That(threads, Is.All.EqualTo(("Ddpm cpu", 0f)));
            Assert.That(after.Values.ToArray(), Is.EqualTo(before.Values.ToArray()));
        });
    }
}
