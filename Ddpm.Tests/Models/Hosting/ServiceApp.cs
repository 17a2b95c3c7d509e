using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ddpm.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>An application with services, as small as can be.</summary>
internal sealed class ServiceApp : IAsyncDisposable
{
    internal static readonly UNetOptions Options = UNetOptions.Tiny with { Labels = new() { Count = 3, NullClass = true } };

    private static int made;

    private readonly ServiceProvider provider;
    private readonly MeterListener listener = new();
    private readonly string name = $"model {Interlocked.Increment(ref made)}";

    private ServiceApp(Func<Diffusion> make, Action<DiffusionServiceOptions>? configure)
    {
        var services = new ServiceCollection();
        services.AddDiffusion(name, options =>
        {
            options.Create = _ => make();
            configure?.Invoke(options);
        });
        provider = services.BuildServiceProvider(validateScopes: true);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "ddpm.batch.images")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, images, tags, _) =>
        {
            if (tags.Contains(new("ddpm.model.name", name)))
                Batches.Enqueue(images);
        });
        listener.Start();
    }

    internal static ServiceApp Of(Func<Diffusion> make, Action<DiffusionServiceOptions>? configure = null) => new(make, configure);

    internal static ServiceApp Of(GateDenoiser network, Action<DiffusionServiceOptions>? configure = null) => Of(() => Model(network), configure);

    internal IDiffusionService Service => provider.GetRequiredKeyedService<IDiffusionService>(name);

    internal HealthCheckRegistration Health => DiffusionHealthCheck.Of(name);

    internal IServiceProvider Services => provider;

    /// <summary>The images that went together, batch by batch.</summary>
    internal ConcurrentQueue<int> Batches { get; } = [];

    /// <summary>A network all of whose weights matter, and which no test changes; images of 16 x 16.</summary>
    internal static Diffusion Model(UNet network) => new DiffusionBuilder().WithDenoiser(network).WithLinearSchedule(1000).WithSampler("ddpm", 4).Build();

    internal static Diffusion Model(GateDenoiser network) =>
        new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 4, 4)).WithLinearSchedule(100).WithSampler("ddim", 5).Build();

    /// <summary>Waits for something that other threads do; fails where it does not come.</summary>
    internal static async Task Until(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.That(i, Is.LessThan(2000), "It did not come in 20 seconds.");
            await Task.Delay(10);
        }
    }

    /// <summary>What a task that must fail fails with.</summary>
    internal static async Task<T> Fault<T>(Task task)
        where T : Exception
    {
        try
        {
            await task;
        }
        catch (T fault)
        {
            return fault;
        }
        Assert.Fail($"There was no {typeof(T).Name}.");
        throw new InvalidOperationException();
    }

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        listener.Dispose();
    }
}
