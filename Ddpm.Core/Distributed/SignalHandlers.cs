using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>
/// The handlers of signals of which .NET makes exceptions, as they were before a library was loaded. UCX, by which MPI libraries may send, puts its
/// own in their place: then a null reference, which .NET throws and a program may catch, would end the process.
/// </summary>
internal sealed unsafe class SignalHandlers
{
    private const int SizeAtMost = 512;         // of struct sigaction: 152 bytes on Linux

    // SIGSEGV, SIGFPE, SIGILL, SIGBUS.
    private static readonly int[] Signals = [11, 8, 4, OperatingSystem.IsMacOS() ? 10 : 7];

    private readonly delegate* unmanaged<int, byte*, byte*, int> exchange;
    private readonly byte[][] handlers;

    private SignalHandlers(nint sigaction)
    {
        exchange = (delegate* unmanaged<int, byte*, byte*, int>)sigaction;
        handlers = [.. Signals.Select(signal =>
        {
            var handler = new byte[SizeAtMost];
            fixed (byte* bytes = handler)
                exchange(signal, null, bytes);
            return handler;
        })];
    }

    /// <summary>Those of now.</summary>
    /// <param name="program">The process's own symbols; libc's function is taken now, as UCX brings one of its own that keeps its handlers.</param>
    internal static SignalHandlers Of(nint program) => new(NativeLibrary.GetExport(program, "sigaction"));

    /// <summary>Puts them back.</summary>
    internal void Restore()
    {
        foreach (var (i, signal) in Signals.Index())
            fixed (byte* bytes = handlers[i])
                exchange(signal, bytes, null);
    }
}
