using Ddpm.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ddpm.Samples.WebStudio;

/// <summary>The application: services, what guards them, and what they answer.</summary>
internal static class Studio
{
    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="options">What.</param>
    /// <param name="tell">Told of each address when there is an answer.</param>
    /// <param name="stop">Ends it; requests may finish, for a while.</param>
    public static async Task RunAsync(StudioOptions options, Action<string> tell, CancellationToken stop)
    {
        await using var app = Make(options);
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (OptionsValidationException fault)
        {
            throw new ArgumentException(string.Join(" ", fault.Failures), fault);
        }
        foreach (var address in app.Urls)
            tell(address);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The application, which has not begun yet.</summary>
    /// <param name="options">What it shows.</param>
    /// <param name="change">Changes its services before they are made.</param>
    public static WebApplication Make(StudioOptions options, Action<IServiceCollection>? change = null)
    {
        // Empty: nothing is taken from files and variables that happen to lie around.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Ddpm studio" });
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MostUploadBytes;
            kestrel.Limits.MaxConcurrentConnections = 512;
        });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Ddpm", LogLevel.Information)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);          // what keeps it from starting is thrown, too
        StudioTelemetry.AddTo(builder, options.Telemetry);

        var services = builder.Services;
        services.AddSingleton(options).AddSingleton<WaitingLine>().AddSingleton<UploadReader>().AddSingleton<IHostLifetime, NoSignals>();
        services.AddRouting();
        var health = services.AddHealthChecks();
        foreach (var (name, path) in options.Models)
        {
            services.AddDiffusion(name, model =>
            {
                model.Model = path;
                model.Device = options.Device;
                model.BatchSize = options.BatchSize;
                model.QueueLimit = options.QueueLimit;
                model.MostImages = options.MostImages;
                model.MostSteps = options.MostSteps;
                model.FinishWithin = options.FinishWithin;
            });
            health.Add(DiffusionHealthCheck.Of(name));
        }
        services.AddSingleton<StudioModels>().AddHostedService(provider => provider.GetRequiredService<StudioModels>());
        ClientRate.AddTo(services, options.RequestsAMinute);
        // The server and the models stop at the same time: who waits for images is answered before the connection is closed.
        services.Configure<HostOptions>(host =>
        {
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = options.FinishWithin + TimeSpan.FromSeconds(10);
        });

        change?.Invoke(services);
        var app = builder.Build();
        app.Use(SafeHeaders.Add).Use(Faults.Answer).Use(new KnownCallers(options).Check);
        app.UseRouting();
        app.UseRateLimiter();
        PageFiles.Map(app);
        StateEndpoints.Map(app);
        GenerateEndpoint.Map(app);
        ForwardEndpoint.Map(app);
        InpaintEndpoint.Map(app);
        InterpolateEndpoint.Map(app);
        return app;
    }
}
