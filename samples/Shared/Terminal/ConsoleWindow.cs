namespace Ddpm.Samples;

/// <summary>The console's window. Asked for each time, as a window may change; some consoles cannot say.</summary>
internal static class ConsoleWindow
{
    private const int UsualHeight = 24;

    /// <summary>Characters of a line, ≥ 1.</summary>
    public static int Width => Extent(() => Console.WindowWidth, ProgressText.UsualWidth);

    /// <summary>Lines, ≥ 1.</summary>
    public static int Height => Extent(() => Console.WindowHeight, UsualHeight);

    private static int Extent(Func<int> extent, int usual)
    {
        try
        {
            return !Console.IsOutputRedirected && extent() is > 0 and var said ? said : usual;
        }
        catch (Exception fault) when (fault is IOException or PlatformNotSupportedException)
        {
            return usual;
        }
    }
}
