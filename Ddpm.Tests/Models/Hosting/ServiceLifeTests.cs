using Ddpm.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>From the start of an application to its end: a model that cannot be read, health, and an end that never hangs.</summary>
[CancelAfter(60_000)]
public class ServiceLifeTests
{
    private static readonly GenerationRequest One = new() { Seed = 1 };

    [Test]
    public async Task Start_LoadsTheModel_AndTheEndLetsRequestsFinish()
    {
        var network = new GateDenoiser();
        var loads = 0;
        using var host = Host(options => options.Create = _ =>
        {
            loads++;
            return ServiceApp.Model(network);
        });
        await host.StartAsync();
        Assert.That(loads, Is.EqualTo(1));
        var service = host.Services.GetRequiredService<IDiffusionService>();
        network.Close();
        var running = service.GenerateAsync(One);
        var waiting = service.GenerateAsync(new() { Count = 2, Sampler = "heun" });
        await ServiceApp.Until(() => service.Queue.Waiting == 2);
        var end = host.StopAsync();
        await ServiceApp.Until(() => service.GenerateAsync(One).IsFaulted);
        var refused = await ServiceApp.Fault<DiffusionUnavailableException>(service.GenerateAsync(One));
        Assert.That(refused.Reason, Is.EqualTo(DiffusionUnavailability.Stopping));
        network.Open();
        await end;
        Assert.That(((await running).Count, (await waiting).Count, loads), Is.EqualTo((1, 2, 1)));
    }

    [Test]
    public void Start_WithoutAModelThatCanBeRead_Fails()
    {
        using var folder = new TemporaryFolder();
        using var host = Host(options => options.Model = folder.Path);
        Assert.That(() => host.StartAsync(), Throws.InstanceOf<IOException>().With.Message.Contains(folder.Path));
    }

    [Test]
    public async Task End_OfARunThatDoesNotEnd_RefusesAndDoesNotHang()
    {
        var network = new GateDenoiser();
        using var host = Host(options => (options.Create, options.FinishWithin) = (_ => ServiceApp.Model(network), TimeSpan.FromMilliseconds(50)));
        await host.StartAsync();
        var service = host.Services.GetRequiredService<IDiffusionService>();
        network.Close();
        var running = service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        var waiting = service.GenerateAsync(One);
        var work = service.RunAsync((_, _) => 1);
        var frames = service.StreamAsync(One).ToListAsync().AsTask();
        await ServiceApp.Until(() => service.Queue.Waiting == 3);
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var task in (Task[])[running, waiting, work, frames])
            Assert.That((await ServiceApp.Fault<DiffusionUnavailableException>(task)).Reason, Is.EqualTo(DiffusionUnavailability.Stopping));
        Assert.That(service.Queue.Waiting, Is.Zero);
        network.Open();
    }

    [Test]
    public async Task Work_ThatLooksAtItsToken_EndsWithTheApplication()
    {
        var network = new GateDenoiser();
        var app = ServiceApp.Of(network);
        using var begun = new ManualResetEventSlim();
        var work = app.Service.RunAsync((_, token) =>
        {
            begun.Set();
            return token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
        });
        begun.Wait();
        await app.DisposeAsync();
        await ServiceApp.Fault<DiffusionUnavailableException>(work);
    }

    [Test]
    public async Task Model_ThatCouldNotBeRead_IsTriedAgain()
    {
        var tries = 0;
        await using var app = ServiceApp.Of(() => ++tries < 3 ? throw new IOException("Not yet.") : ServiceApp.Model(new GateDenoiser()));
        for (var i = 0; i < 2; i++)
            Assert.That((await ServiceApp.Fault<IOException>(app.Service.GenerateAsync(One))).Message, Is.EqualTo("Not yet."));
        Assert.That((await app.Service.GenerateAsync(One)).Count, Is.EqualTo(1));
        await app.Service.GetModelAsync();
        Assert.That(tries, Is.EqualTo(3));
    }

    [Test]
    public async Task Models_OfOneDevice_ShareItsThread()
    {
        await using var app = new ServiceCollection()
            .AddDiffusion("a", options => options.Create = _ => ServiceApp.Model(new GateDenoiser()))
            .AddDiffusion("b", options => options.Create = _ => ServiceApp.Model(new GateDenoiser()))
            .BuildServiceProvider();
        var threads = await Task.WhenAll(((string[])["a", "b"]).Select(name =>
            app.GetRequiredKeyedService<IDiffusionService>(name).RunAsync((_, _) => Environment.CurrentManagedThreadId)));
        Assert.That(threads[0], Is.EqualTo(threads[1]));
    }

    [Test]
    public async Task Health_IsThatOfTheModelItsQueueAndItsSteps()
    {
        var network = new GateDenoiser();
        var isThere = false;
        await using var app = ServiceApp.Of(
            () => isThere ? ServiceApp.Model(network) : throw new IOException("Gone."),
            options => (options.QueueLimit, options.MostImages, options.StuckAfter) = (10, 10, TimeSpan.FromSeconds(2)));
        async Task<HealthCheckResult> Check() =>
            await app.Health.Factory(app.Services).CheckHealthAsync(new HealthCheckContext { Registration = app.Health });

        var gone = await Check();
        Assert.That(
            (gone.Status, gone.Description, gone.Exception!.Message),
            Is.EqualTo((HealthStatus.Unhealthy, "The model could not be loaded.", "Gone.")));
        isThere = true;
        Assert.That((await Check()).Status, Is.EqualTo(HealthStatus.Healthy));

        network.Close();
        var running = app.Service.GenerateAsync(One);
        await ServiceApp.Until(() => network.Evaluations == 1);
        var waiting = app.Service.GenerateAsync(new() { Count = 9 });
        var full = await Check();
        Assert.Multiple(() =>
        {
            Assert.That((full.Status, full.Description), Is.EqualTo((HealthStatus.Degraded, "9 of at most 10 images wait.")));
            Assert.That((full.Data["waiting"], full.Data["limit"], full.Data["running"]), Is.EqualTo((9, 10, 1)));
            Assert.That(full.Data["oldestWaitSeconds"], Is.Positive);
        });
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        Assert.That((await Check()).Description, Is.EqualTo("A step takes longer than it may."));
        network.Open();
        await Task.WhenAll(running, waiting);
        Assert.That((await Check()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Requests_OfEveryKindOfEnd_LeaveNoTensorBehind()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network);
        async Task Round()
        {
            using var end = new CancellationTokenSource();
            await app.Service.GenerateAsync(new() { Count = 16 });
            network.Close();
            var evaluations = network.Evaluations;
            var left = app.Service.StreamAsync(One, end.Token).ToListAsync(CancellationToken.None).AsTask();
            await ServiceApp.Until(() => network.Evaluations > evaluations);
            await end.CancelAsync();
            network.Open();
            await ServiceApp.Fault<OperationCanceledException>(left);
            network.Fault = new InvalidOperationException();
            await ServiceApp.Fault<InvalidOperationException>(app.Service.GenerateAsync(One));
            network.Fault = null;
            await app.Service.RunAsync((_, _) => 0);
        }
        await Round();
        var before = Expect.LiveTensors();
        await Round();
        Assert.That(Expect.LiveTensors(), Is.EqualTo(before));
    }

    private static IHost Host(Action<DiffusionServiceOptions> configure)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddDiffusion(configure);
        return builder.Build();
    }
}
