using System.Globalization;

namespace Ddpm.Samples;

/// <summary>How far a job is, in at most one line of a window.</summary>
internal static class ProgressText
{
    /// <summary>The window where there is none.</summary>
    public const int UsualWidth = 80;

    private const int LongestBar = 24, ShortestBar = 6;

    /// <summary>
    /// Shorter than the window by one character, as some wrap after the last. In a narrow one the bar is shortened, then left out, then the
    /// figures, then the title, then the time; the steps stay.
    /// </summary>
    /// <param name="title">What is done.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">Steps in all, ≥ 1.</param>
    /// <param name="left">What the rest will take.</param>
    /// <param name="figures">Rate, loss.</param>
    /// <param name="width">Characters of the window.</param>
    public static string Line(string title, int step, int steps, TimeSpan left, string figures, int width)
    {
        var room = Math.Max(width - 1, 1);
        var (done, time) = ($"{step}/{steps}", Duration(left) + " left");
        var all = $"{title} {done}, {figures}, {time}";
        var bar = Math.Min(room - all.Length - "[] ".Length, LongestBar);
        if (bar >= ShortestBar)
            return $"{title} [{new string('#', (int)((long)bar * Math.Min(step, steps) / steps)).PadRight(bar, '-')}] {done}, {figures}, {time}";
        string[] shorter = [all, $"{title} {done}, {time}", $"{done}, {time}", done];
        return Array.Find(shorter, text => text.Length <= room) ?? done[..room];
    }

    /// <summary>Hours, minutes and seconds; before them days, where there are any.</summary>
    public static string Duration(TimeSpan time) =>
        time.ToString(time.Days > 0 ? "d'd 'hh':'mm':'ss" : "h':'mm':'ss", CultureInfo.InvariantCulture);
}
