using System.Diagnostics;

namespace Ddpm.Hosting;

/// <summary>What a caller waits for.</summary>
internal interface IPending
{
    /// <summary>The pieces of work that it consists of.</summary>
    IReadOnlyList<WorkItem> Items { get; }

    /// <summary>The request's activity, which the batch links to; the default: nobody listens.</summary>
    ActivityContext Activity { get; set; }

    /// <summary>Ends when there is nothing to wait for any more.</summary>
    Task Done { get; }

    /// <summary>The caller gives up.</summary>
    /// <returns>False if it was over already.</returns>
    bool Cancel(CancellationToken cancellationToken);

    /// <summary>The service gives up.</summary>
    /// <returns>False if it was over already.</returns>
    bool Fail(Exception fault);
}
