using System.Diagnostics;
using Ddpm.Telemetry;

namespace Ddpm.Hosting;

/// <summary>Tells of a request from its coming to its end.</summary>
internal sealed class RequestTelemetry(string model, int images)
{
    private readonly long came = TimeProvider.System.GetTimestamp();

    private readonly Activity? activity = DetachedActivity.Start(
        "ddpm.request", [new(QueueMetrics.ModelTag, model), new("ddpm.images", images)]);

    /// <summary>The default if nobody listens.</summary>
    internal ActivityContext Context => activity?.Context ?? default;

    /// <param name="fault">What became of it; null: its images.</param>
    internal void End(string? fault)
    {
        DetachedActivity.End(activity, fault);
        QueueMetrics.Ended(model, TimeProvider.System.GetElapsedTime(came), fault);
    }
}
