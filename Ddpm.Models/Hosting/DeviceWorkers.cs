using System.Collections.Concurrent;

namespace Ddpm.Hosting;

/// <summary>The threads of all devices of an application.</summary>
internal sealed class DeviceWorkers : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<DeviceWorker>> workers = new(StringComparer.Ordinal);

    /// <param name="device">Its name; "cuda" is "cuda:0".</param>
    internal DeviceWorker Of(string device)
    {
        var name = device == "cuda" ? "cuda:0" : device;
        return workers.GetOrAdd(name, each => new Lazy<DeviceWorker>(() => new DeviceWorker(each))).Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var worker in workers.Values)
            worker.Value.Dispose();
    }
}
