namespace Ddpm.Formats;

/// <summary>
/// The right to write into a folder, of one process at a time. The operating system takes it back when the process ends, however it ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    internal const string Name = ".lock";

    // What says that another has a file: Windows' ERROR_SHARING_VIOLATION, EWOULDBLOCK of Linux and of macOS.
    private static readonly int[] InUse = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>
    /// Takes the right, or waits a second for another to give it back. The lock's file stays: deleting it would let two in at once.
    /// </summary>
    /// <exception cref="IOException">Another has it, or the folder cannot be written.</exception>
    internal static FolderLock Take(string folder)
    {
        FileStream? file = null;
        try
        {
            WhileBusy.Retry(() => file = new(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), IsInUse);
        }
        catch (IOException error) when (IsInUse(error))
        {
            throw new IOException($"one process at a time may write, but another holds {Name}", error);
        }
        return new(file!);
    }

    public void Dispose() => file.Dispose();

    private static bool IsInUse(Exception error) => error is IOException && InUse.Contains(error.HResult);
}
