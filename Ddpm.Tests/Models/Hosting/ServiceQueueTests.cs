using Ddpm.Hosting;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>The queue of a service: who waits, who goes together, who is refused and who gives up.</summary>
[CancelAfter(60_000)]
public class ServiceQueueTests
{
    private static readonly GenerationRequest One = new() { Seed = 1 };

    [Test]
    public async Task Requests_OfOneKind_GoTogether_AndOthersInTheirTurn()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network, options => options.BatchSize = 8);
        network.Close();
        var first = app.Service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        Task[] waiting =
        [
            app.Service.GenerateAsync(new() { Count = 3 }),
            app.Service.GenerateAsync(new() { Count = 2, Sampler = "heun", Steps = 2 }),
            app.Service.GenerateAsync(new() { Count = 6 }),
            app.Service.GenerateAsync(new() { Count = 4 }),
            app.Service.GenerateAsync(new() { Count = 1 }),
        ];
        await ServiceApp.Until(() => app.Service.Queue.Waiting == 16);
        Assert.That(app.Service.Queue, Has.Property("Running").EqualTo(1).And.Property("Limit").EqualTo(64));
        Assert.That(app.Service.Queue.OldestWait, Is.GreaterThan(TimeSpan.Zero));
        network.Open();
        await Task.WhenAll([first, .. waiting]);
        // The six of the fourth do not fit beside the three of the second, and what comes later does.
        Assert.That(app.Batches, Is.EqualTo((int[])[1, 8, 2, 6]));
        Assert.That(app.Service.Queue, Has.Property("Waiting").Zero.And.Property("Running").Zero.And.Property("OldestWait").EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task Request_BeyondTheLimit_IsRefused_AndLaterThereIsRoomAgain()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network, options => (options.QueueLimit, options.MostImages) = (5, 4));
        network.Close();
        var first = app.Service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        var second = app.Service.GenerateAsync(new() { Count = 4 });
        var refused = await ServiceApp.Fault<DiffusionUnavailableException>(app.Service.GenerateAsync(new() { Count = 2 }));
        Assert.Multiple(() =>
        {
            Assert.That(refused.Reason, Is.EqualTo(DiffusionUnavailability.QueueFull));
            Assert.That(refused.Message, Is.EqualTo("At most 5 images may wait, but 4 do and 2 more are asked for."));
            Assert.That(refused.RetryAfter, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        });
        var third = app.Service.RunAsync((_, _) => 7);
        await ServiceApp.Fault<DiffusionUnavailableException>(app.Service.RunAsync((_, _) => 8));
        network.Open();
        await Task.WhenAll(first, second);
        Assert.That(await third, Is.EqualTo(7));
        Assert.That((await app.Service.GenerateAsync(new() { Count = 4 })).Count, Is.EqualTo(4));
    }

    [Test]
    public async Task Caller_WhoGivesUpWhileWaiting_LeavesTheQueue()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network);
        network.Close();
        var first = app.Service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        using var end = new CancellationTokenSource();
        var second = app.Service.GenerateAsync(new() { Count = 3 }, end.Token);
        var work = app.Service.RunAsync((_, _) => 1, end.Token);
        await ServiceApp.Until(() => app.Service.Queue.Waiting == 4);
        await end.CancelAsync();
        await ServiceApp.Fault<OperationCanceledException>(second);
        await ServiceApp.Fault<OperationCanceledException>(work);
        Assert.That(app.Service.Queue.Waiting, Is.Zero);
        network.Open();
        await first;
        Assert.That(app.Batches, Is.EqualTo((int[])[1]));
    }

    [Test]
    public async Task Caller_WhoGivesUpWhileRunning_EndsTheRunIfNobodyElseWaits()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network);
        network.Close();
        using var end = new CancellationTokenSource();
        var first = app.Service.GenerateAsync(One, end.Token);
        await ServiceApp.Until(() => network.Evaluations == 1);
        await end.CancelAsync();
        await ServiceApp.Fault<OperationCanceledException>(first);
        network.Open();
        await app.Service.GenerateAsync(One);
        Assert.That(network.Evaluations, Is.EqualTo(6), "One step of the first, and the second's five.");
    }

    [Test]
    public async Task Caller_WhoGivesUpAmongOthers_DoesNotEndTheirs()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network);
        await app.Service.GetModelAsync();
        network.Close();
        var blocking = app.Service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        using var end = new CancellationTokenSource();
        var leaving = app.Service.GenerateAsync(new() { Count = 2 }, end.Token);
        var staying = app.Service.GenerateAsync(new() { Count = 3, Seed = 4 });
        network.Open();
        await blocking;
        await ServiceApp.Until(() => app.Batches.Contains(5) || staying.IsCompleted);
        await end.CancelAsync();
        var made = await staying;
        var alone = await app.Service.GenerateAsync(new() { Count = 3, Seed = 4 });
        Assert.That(made.Values.ToArray(), Is.EqualTo(alone.Values.ToArray()));
        await leaving.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.That(app.Service.Queue.Waiting, Is.Zero);
    }

    [Test]
    public async Task Reader_WhoStops_EndsTheRequest()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network);
        network.Close(after: 2);
        await foreach (var frame in app.Service.StreamAsync(new() { Sampler = "ddpm", Steps = 100 }))
        {
            Assert.That(frame.Step, Is.EqualTo(1));
            break;
        }
        network.Open();
        await app.Service.GenerateAsync(One);
        Assert.That(network.Evaluations, Is.EqualTo(8), "Three of the hundred, and five of the second.");
    }

    [Test]
    public async Task Reader_WhoIsSlow_GetsTheLastFrame()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(() => new DiffusionBuilder().WithDenoiser(network, new ImageShape(1, 2, 2)).WithLinearSchedule(1000).Build());
        var frames = new List<GenerationFrame>();
        await foreach (var frame in app.Service.StreamAsync(One))
        {
            if (frames.Count == 0)
                await app.Service.GenerateAsync(One);       // comes after all steps
            frames.Add(frame);
        }
        Assert.Multiple(() =>
        {
            Assert.That(frames, Has.Count.LessThan(1000));
            Assert.That(frames[^1].Step, Is.EqualTo(1000));
            Assert.That(frames[^1].Result, Is.Not.Null);
        });
    }

    [Test]
    public async Task Fault_OfTheNetwork_IsTheCallersAndTheServiceGoesOn()
    {
        var network = new GateDenoiser { Fault = new InvalidOperationException("Broken.") };
        await using var app = ServiceApp.Of(network);
        Assert.That((await ServiceApp.Fault<InvalidOperationException>(app.Service.GenerateAsync(One))).Message, Is.EqualTo("Broken."));
        var read = app.Service.StreamAsync(One).ToListAsync().AsTask();
        Assert.That((await ServiceApp.Fault<InvalidOperationException>(read)).Message, Is.EqualTo("Broken."));
        Assert.That(
            (await ServiceApp.Fault<ArithmeticException>(app.Service.RunAsync<int>((_, _) => throw new ArithmeticException("No.")))).Message,
            Is.EqualTo("No."));
        network.Fault = null;
        Assert.That((await app.Service.GenerateAsync(One)).Count, Is.EqualTo(1));
        Assert.That(app.Service.Queue, Has.Property("Waiting").Zero.And.Property("Running").Zero);
    }

    [TestCaseSource(nameof(Wrong))]
    public async Task Request_ThatDoesNotFit_IsRefusedBeforeItWaits(GenerationRequest request, string message)
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network, options => (options.MostSteps, options.Sampler) = (50, "ddim"));
        Assert.That((await ServiceApp.Fault<ArgumentException>(app.Service.GenerateAsync(request))).Message, Does.StartWith(message));
        Assert.That((await ServiceApp.Fault<ArgumentException>(app.Service.StreamAsync(request).ToListAsync().AsTask())).Message, Does.StartWith(message));
        Assert.That(network.Evaluations, Is.Zero);
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        (string Name, GenerationRequest Request, string Message)[] cases =
        [
            ("none", new() { Count = 0 }, "A request must be for 1 to 16 images, but is for 0."),
            ("too many", new() { Count = 17 }, "A request must be for 1 to 16 images, but is for 17."),
            ("no steps", new() { Steps = 0 }, "A request must be for 1 to 50 steps, but is for 0."),
            ("too many steps", new() { Sampler = "ddpm", Steps = 51 }, "A request must be for 1 to 50 steps, but is for 51."),
            ("no such sampler", new() { Sampler = "magic" }, "A sampler must be one of ddpm, "),
            ("a label too few", new() { Count = 2, Labels = [1] }, "Each image must have a label, but there are 2 images and 1 labels."),
            ("no number", new() { Guidance = double.NaN }, "The scale of guidance must be finite, but is "),
            ("no null class", new() { Guidance = 2 }, "Guidance needs labels and a network with a null class"),
        ];
        return cases.Select(each => new TestCaseData(each.Request, each.Message).SetArgDisplayNames(each.Name));
    }
}
