using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ddpm.Telemetry;

namespace Ddpm.Tests.Models.Telemetry;

/// <summary>What the library tells while this listens.</summary>
internal sealed class Heard : IDisposable
{
    private readonly MeterListener meters = new();
    private readonly ActivityListener activities = new()
    {
        ShouldListenTo = source => source.Name == DiffusionTelemetry.Name,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    internal Heard()
    {
        activities.ActivityStopped = Activities.Enqueue;
        ActivitySource.AddActivityListener(activities);
        meters.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == DiffusionTelemetry.Name)
                self.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        meters.Start();
    }

    internal ConcurrentQueue<Activity> Activities { get; } = [];

    internal ConcurrentQueue<(string Name, string? Unit, double Value, IReadOnlyDictionary<string, object?> Tags)> Measured { get; } = [];

    internal double Sum(string name) => Measured.Where(each => each.Name == name).Sum(each => each.Value);

    internal Activity One(string name) => Activities.Single(each => each.OperationName == name);

    public void Dispose()
    {
        meters.Dispose();
        activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Measured.Enqueue((instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary()));
}
