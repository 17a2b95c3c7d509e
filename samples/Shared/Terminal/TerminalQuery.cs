using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ddpm.Samples;

/// <summary>Asks the terminal what it can do, for a second at most.</summary>
internal static class TerminalQuery
{
    /// <summary>How long an answer is waited for: a slow connection's, as one that comes later would stand in the shell's line.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private const int Input = 0;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Whether a question would be answered to this process. One in the background would be stopped for a glance at the keyboard.
    /// </summary>
    public static bool IsPossible => !Console.IsInputRedirected && !OperatingSystem.IsWindows() && IsInForeground();

    /// <summary>The answer; null: none came, or something has been typed before, which is left for whoever reads it.</summary>
    public static TerminalAnswer? Ask()
    {
        // With the first look, .NET turns echo and lines off, until the process ends; Ctrl+C stays a signal.
        if (Console.KeyAvailable)
            return null;
        Console.Write(TerminalAnswer.Question);
        using var handle = new SafeFileHandle(Input, ownsHandle: false);
        using var input = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var (answer, clock) = (new TerminalAnswer(), Stopwatch.StartNew());
        while (clock.Elapsed < Limit)
            if (!Console.KeyAvailable)
                Thread.Sleep(Pause);
            // A byte at a time: what is typed after the answer stays where it is.
            else if (input.ReadByte() is >= 0 and var next)
            {
                answer.Add((byte)next);
                if (answer.IsComplete)
                    return answer;
            }
            else
                return null;
        return null;
    }

    private static bool IsInForeground()
    {
        try
        {
            return ForegroundGroup(Input) == OwnGroup();
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;       // a system whose C library has another name
        }
    }

    [DllImport("libc", EntryPoint = "tcgetpgrp"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ForegroundGroup(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OwnGroup();
}
