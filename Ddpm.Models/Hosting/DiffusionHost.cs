using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ddpm.Hosting;

/// <summary>Loads all models when an application starts, so that it does not start without them, and ends their services with it.</summary>
internal sealed class DiffusionHost(
    IEnumerable<DiffusionRegistration> registrations, IServiceProvider services, IOptionsMonitor<DiffusionServiceOptions> options) : IHostedService
{
    private DiffusionService[] started = [];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        started = [.. registrations.Select(registration => registration.In(services))];
        return Task.WhenAll(started.Select(service => service.GetModelAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(started.Select(service => service.StopAsync(options.Get(service.Name).FinishWithin, cancellationToken)));
}
