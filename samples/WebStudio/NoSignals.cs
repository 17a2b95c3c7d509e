using Microsoft.Extensions.Hosting;

namespace Ddpm.Samples.WebStudio;

/// <summary>Leaves Ctrl+C to the samples' own handling (<see cref="Termination"/>), which ends the process at the second one.</summary>
internal sealed class NoSignals : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
