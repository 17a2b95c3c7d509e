using System.Diagnostics;

namespace Ddpm.Telemetry;

/// <summary>
/// Activities that are a child of the caller's current one and never become the current one themselves: the caller goes on meanwhile, or the work is
/// done on another thread.
/// </summary>
internal static class DetachedActivity
{
    /// <returns>null if nobody listens.</returns>
    internal static Activity? Start(
        string name, IEnumerable<KeyValuePair<string, object?>> tags, ActivityKind kind = ActivityKind.Internal, IEnumerable<ActivityLink>? links = null)
    {
        var current = Activity.Current;
        var activity = DiffusionTelemetry.Activities.StartActivity(name, kind, parentContext: default, tags, links);
        Activity.Current = current;
        return activity;
    }

    /// <param name="activity">null: nobody listens.</param>
    /// <param name="fault">What ended it, for <c>error.type</c>; null: it is done.</param>
    internal static void End(Activity? activity, string? fault)
    {
        if (activity is null)
            return;
        if (fault is not null)
            activity.SetTag("error.type", fault).SetStatus(ActivityStatusCode.Error);
        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }
}
