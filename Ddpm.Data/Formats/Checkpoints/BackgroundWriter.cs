using System.Runtime.ExceptionServices;

namespace Ddpm.Formats;

/// <summary>
/// Writes while the caller goes on: one job at a time, each on a thread that the process waits for when it ends by itself. What a job throws is kept
/// until it is told. For one caller's thread.
/// </summary>
/// <param name="warnings">Told of a fault that nobody asked for before <see cref="Dispose"/>.</param>
internal sealed class BackgroundWriter(IProgress<string>? warnings = null) : IDisposable
{
    private Thread? worker;
    private ExceptionDispatchInfo? fault;

    /// <summary>Whether a job runs.</summary>
    internal bool IsBusy => worker is { IsAlive: true };

    /// <summary>Waits for the job before, then starts this one.</summary>
    /// <exception cref="Exception">What the job before threw; the new one is not started.</exception>
    internal void Start(Action job)
    {
        ArgumentNullException.ThrowIfNull(job);
        Wait();
        worker = new Thread(() =>
        {
            try
            {
                job();
            }
            catch (Exception error)
            {
                fault = ExceptionDispatchInfo.Capture(error);
            }
        })
        { Name = "Ddpm writer", IsBackground = false };
        worker.Start();
    }

    /// <summary>Waits for the job.</summary>
    /// <exception cref="Exception">What the job threw.</exception>
    internal void Wait()
    {
        Join();
        var thrown = fault;
        fault = null;
        thrown?.Throw();
    }

    /// <summary>What the last job threw, once, or null: also while one runs, which is not waited for.</summary>
    internal Exception? TakeFault()
    {
        if (IsBusy)
            return null;
        Join();
        var thrown = fault;
        fault = null;
        return thrown?.SourceException;
    }

    /// <summary>Waits for the job.</summary>
    public void Dispose()
    {
        Join();
        if (TakeFault() is { } error)
            warnings?.Report(error.Message);
    }

    private void Join()
    {
        if (worker == Thread.CurrentThread)
            throw new InvalidOperationException("A job cannot wait for itself.");
        worker?.Join();
        worker = null;
    }
}
