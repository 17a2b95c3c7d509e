namespace Ddpm.Formats;

/// <summary>
/// What could not be written of a log: told once for each kind of fault, and again after a writing that succeeded, so that a full disk at night is
/// one message and not a thousand. A log never ends a run.
/// </summary>
/// <param name="tell">Told.</param>
internal sealed class LogFaults(Action<string> tell)
{
    private readonly HashSet<(Type, int)> told = [];

    /// <summary>Writes; false if that failed.</summary>
    internal bool Try(Action write)
    {
        try
        {
            write();
            told.Clear();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (told.Add((fault.GetType(), fault.HResult)))
                tell(fault.Message);
            return false;
        }
    }
}
