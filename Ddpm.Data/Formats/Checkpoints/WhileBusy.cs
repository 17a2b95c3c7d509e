namespace Ddpm.Formats;

/// <summary>
/// Tries again for a second what another process may hold up: on Windows a folder cannot be moved or deleted while one of its files is read, by a
/// virus scanner too; on NFS neither is a folder empty while a deleted file is open.
/// </summary>
internal static class WhileBusy
{
    private const int FirstPause = 20, Attempts = 7;

    /// <summary>Does something that fails with an exception of a file system and has then changed nothing that hinders another attempt.</summary>
    /// <param name="action">What is tried.</param>
    /// <param name="isBusy">Which of these exceptions may pass; by default all but those that miss a file or folder.</param>
    internal static void Retry(Action action, Func<Exception, bool>? isBusy = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                action();
                return;
            }
            catch (Exception error) when (attempt < Attempts && IsOfFiles(error) && (isBusy ?? IsThere)(error))
            {
                Thread.Sleep(FirstPause << (attempt - 1));
            }
        }
    }

    /// <summary>Whether an exception is one of those that file systems give rise to.</summary>
    internal static bool IsOfFiles(Exception error) => error is IOException or UnauthorizedAccessException;

    private static bool IsThere(Exception error) => error is not (DirectoryNotFoundException or FileNotFoundException);
}
