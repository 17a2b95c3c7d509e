using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ddpm.Telemetry;

namespace Ddpm.Hosting;

/// <summary>What a service's queue is measured by.</summary>
internal static class QueueMetrics
{
    internal const string ModelTag = "ddpm.model.name";

    private static readonly UpDownCounter<int> Waiting = DiffusionTelemetry.Meter.CreateUpDownCounter<int>(
        "ddpm.queue.images", "{image}", "Images that wait.");

    private static readonly Histogram<double> Wait = DiffusionTelemetry.Meter.CreateHistogram<double>(
        "ddpm.queue.wait.duration", "s", "From a request to the beginning of its first image.");

    private static readonly Histogram<double> Duration = DiffusionTelemetry.Meter.CreateHistogram<double>(
        "ddpm.request.duration", "s", "From a request to its images, or to its failure.");

    private static readonly Histogram<int> Batch = DiffusionTelemetry.Meter.CreateHistogram<int>(
        "ddpm.batch.images", "{image}", "Images that went through the network together.");

    internal static void Waits(string model, int images) => Waiting.Add(images, Tag(model));

    internal static void Waited(string model, TimeSpan time) => Wait.Record(time.TotalSeconds, Tag(model));

    internal static void Together(string model, int images) => Batch.Record(images, Tag(model));

    /// <param name="model">The service's name.</param>
    /// <param name="time">Since the request came.</param>
    /// <param name="fault">What became of it; null: its images.</param>
    internal static void Ended(string model, TimeSpan time, string? fault)
    {
        var tags = new TagList { Tag(model) };
        if (fault is not null)
            tags.Add("error.type", fault);
        Duration.Record(time.TotalSeconds, tags);
    }

    private static KeyValuePair<string, object?> Tag(string model) => new(ModelTag, model);
}
