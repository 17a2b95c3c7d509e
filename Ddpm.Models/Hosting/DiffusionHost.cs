using Microsoft.Extensions.Hosting;

namespace Ddpm.Hosting;

/// <summary>Loads all models when an application starts, so that it does not start without them, and ends their services with it.</summary>
internal sealed class DiffusionHost(IEnumerable<DiffusionRegistration> registrations, IServiceProvider services) : IHostedService
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
        Task.WhenAll(started.Select(service => service.StopAsync(cancellationToken)));
}
