using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Ddpm.Hosting;

/// <summary>
/// How a service is: unhealthy if its model cannot be read, it is stuck (<see cref="DiffusionServiceOptions.StuckAfter"/>) or ends; degraded if its
/// queue is nearly full. The state of the queue is in the data.
/// </summary>
public sealed class DiffusionHealthCheck : IHealthCheck
{
    private const double NearlyFull = 0.9;

    private readonly DiffusionService service;

    private DiffusionHealthCheck(DiffusionService service) => this.service = service;

    /// <summary>The check of a model, for <c>services.AddHealthChecks().Add(DiffusionHealthCheck.Of("faces"))</c>.</summary>
    /// <param name="model">The name that the model is registered by; null for the one without a name.</param>
    /// <param name="name">The name of the check; null: <c>diffusion</c>, or <c>diffusion-faces</c> for the model "faces".</param>
    /// <param name="failureStatus">What is reported in place of unhealthy; null for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    public static HealthCheckRegistration Of(
        string? model = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        var registration = new DiffusionRegistration(model ?? Options.DefaultName);
        return new HealthCheckRegistration(
            name ?? (model is null ? "diffusion" : $"diffusion-{model}"), services => new DiffusionHealthCheck(registration.In(services)),
            failureStatus, tags);
    }

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var queue = service.Queue;
        var data = new Dictionary<string, object>
        {
            ["waiting"] = queue.Waiting,
            ["limit"] = queue.Limit,
            ["running"] = queue.Running,
            ["oldestWaitSeconds"] = queue.OldestWait.TotalSeconds,
        };
        HealthCheckResult Bad(string why, Exception? fault = null) => new(context.Registration.FailureStatus, why, fault, data);
        if (service.IsStopping)
            return Bad("The application ends.");
        if (service.IsStuck)
            return Bad("A step takes longer than it may.");
        try
        {
            await service.GetModelAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return Bad("The model could not be loaded.", fault);
        }
        return queue.Waiting >= NearlyFull * queue.Limit
            ? HealthCheckResult.Degraded($"{queue.Waiting} of at most {queue.Limit} images wait.", data: data)
            : HealthCheckResult.Healthy($"{queue.Waiting} images wait.", data);
    }
}
