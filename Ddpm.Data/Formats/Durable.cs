using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ddpm.Formats;

/// <summary>What a power cut leaves: a flushed file can still be lost with its name, which is in the folder and has to be flushed too.</summary>
internal static class Durable
{
    private const int CloseOnExecLinux = 0x80000, CloseOnExecMac = 0x1000000;

    /// <summary>
    /// Flushes a folder's names to the disk, on Linux and macOS. On Windows nothing is done: there is no call for it, and NTFS keeps names in its
    /// journal. File systems that cannot flush folders are passed over, as are folders that may not be read.
    /// </summary>
    /// <exception cref="IOException">The disk says that it failed.</exception>
    internal static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        var descriptor = Open(Encoding.UTF8.GetBytes(folder + "\0"), OperatingSystem.IsLinux() ? CloseOnExecLinux : CloseOnExecMac);
        if (descriptor < 0)
            return;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Makes a folder and those above it, each with its name on the disk.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    internal static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (parent is not null)
            CreateFolder(parent);
        Directory.CreateDirectory(folder);
        if (parent is not null)
            FlushFolder(parent);
    }

    // The runtime opens no folders. Opening to read has the flag 0 everywhere.
    [DllImport("libc", EntryPoint = "open"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);
}
