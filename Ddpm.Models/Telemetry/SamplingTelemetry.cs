using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ddpm.Samplers;

namespace Ddpm.Telemetry;

/// <summary>Tells of runs of samplers, whoever began them.</summary>
internal static class SamplingTelemetry
{
    // What error.type says of a run whose frames nobody read to the end.
    private const string Stopped = "stopped";

    private static readonly Counter<long> Steps = DiffusionTelemetry.Meter.CreateCounter<long>(
        "ddpm.sampling.steps", "{step}", "Evaluations of the network by samplers, of any number of images each.");

    private static readonly Counter<long> Images = DiffusionTelemetry.Meter.CreateCounter<long>(
        "ddpm.sampling.images", "{image}", "Images that samplers have finished.");

    private static readonly Histogram<double> Duration = DiffusionTelemetry.Meter.CreateHistogram<double>(
        "ddpm.sampling.duration", "s", "From the beginning of a run to its last step, or to what ended it.");

    private static bool IsHeard => DiffusionTelemetry.Activities.HasListeners() || Steps.Enabled || Images.Enabled || Duration.Enabled;

    /// <summary>The same frames; what they cost is told. Whoever stops reading them has stopped the run.</summary>
    internal static IEnumerable<SamplingFrame> Watch(IEnumerable<SamplingFrame> frames, ISampler sampler, int images, string device) =>
        IsHeard ? Watched(frames, images, new TagList { { "ddpm.sampler", sampler.GetType().Name }, { "ddpm.device", device } }) : frames;

    private static IEnumerable<SamplingFrame> Watched(IEnumerable<SamplingFrame> frames, int images, TagList tags)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var activity = DetachedActivity.Start("ddpm.sample", [.. tags, new("ddpm.images", images)]);
        using var each = frames.GetEnumerator();
        string? fault = Stopped;
        try
        {
            while (Next(each, ref fault))
            {
                Steps.Add(1, tags);
                if (each.Current.IsLast)
                    Images.Add(images, tags);
                yield return each.Current;
            }
        }
        finally
        {
            DetachedActivity.End(activity, fault);
            if (fault is not null)
                tags.Add("error.type", fault);
            Duration.Record(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    private static bool Next(IEnumerator<SamplingFrame> frames, ref string? fault)
    {
        try
        {
            if (frames.MoveNext())
                return true;
            fault = null;
            return false;
        }
        catch (Exception thrown)
        {
            fault = thrown.GetType().FullName;
            throw;
        }
    }
}
