using System.Runtime.InteropServices;

namespace Ddpm.Samples;

/// <summary>
/// Ctrl+C, the polite signal to end, and SIGUSR1, which mpirun hands on: the first one asks the job to stop, which may still save; a second one ends
/// the process.
/// </summary>
internal sealed class Termination : IDisposable
{
    private const int Signalled = 128, Interrupted = Signalled + 2, Terminated = Signalled + 15;

    // Numbers of signals that .NET has no name for are the system's.
    private static readonly int User = OperatingSystem.IsMacOS() ? 30 : 10;

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;

    public Termination() => signals =
    [
        On(PosixSignal.SIGINT, Interrupted), On(PosixSignal.SIGTERM, Terminated),
        .. OperatingSystem.IsWindows() ? [] : (PosixSignalRegistration[])[On((PosixSignal)User, Signalled + User)],
    ];

    public CancellationToken Token => source.Token;

    /// <summary>As shells count: 128 and the signal's number.</summary>
    public int ExitCode { get; private set; } = Interrupted;

    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
        source.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        if (source.IsCancellationRequested)
            return;
        ExitCode = exitCode;
        context.Cancel = true;
        source.Cancel();
    });
}
