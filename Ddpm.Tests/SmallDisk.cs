using System.Diagnostics;

namespace Ddpm.Tests;

/// <summary>A file system of little room, in memory; the test is skipped where none can be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder? own;

    internal SmallDisk(int kilobytes)
        : this($"size={kilobytes}k")
    {
    }

    /// <param name="options">Of tmpfs, "size=1m" for one.</param>
    /// <param name="at">A folder that the file system hides while it is there; null: one of its own.</param>
    internal SmallDisk(string options, string? at = null)
    {
        own = at is null ? new() : null;
        Path = at ?? own!.Path;
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path))
            return;
        own?.Dispose();
        Assert.Ignore("A file system of little room can only be mounted by root on Linux.");
    }

    internal string Path { get; }

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    internal void MakeReadOnly() => Assert.That(Run("mount", "-o", "remount,ro", Path), Is.True);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        own?.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
