using System.Globalization;
using static System.FormattableString;

namespace Ddpm.Samples;

/// <summary>How far a job is, in at most one line of a window.</summary>
internal static class ProgressText
{
    /// <summary>The window where there is none.</summary>
    public const int UsualWidth = 80;

    private const int LongestBar = 24, ShortestBar = 6;

    /// <summary>
    /// Shorter than the window by one character, as some wrap after the last. In a narrow one the bar is shortened, then left out, then the
    /// figures, one wording after the other, then the title, then the time; the steps stay.
    /// </summary>
    /// <param name="title">What is done.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">Steps in all, ≥ 1.</param>
    /// <param name="left">What the rest will take.</param>
    /// <param name="figures">Rate, loss: wordings from the longest to the shortest, at least one. A bar is only drawn beside the longest.</param>
    /// <param name="width">Characters of the window.</param>
    public static string Line(string title, int step, int steps, TimeSpan left, IReadOnlyList<string> figures, int width)
    {
        var room = Math.Max(width - 1, 1);
        var (done, time) = ($"{step}/{steps}", Duration(left) + " left");
        var all = $"{title} {done}, {figures[0]}, {time}";
        var bar = Math.Min(room - all.Length - "[] ".Length, LongestBar);
        if (bar >= ShortestBar)
            return $"{title} [{new string('#', (int)((long)bar * Math.Min(step, steps) / steps)).PadRight(bar, '-')}] {all[(title.Length + 1)..]}";
        string[] shorter = [.. figures.Select(some => $"{title} {done}, {some}, {time}"), $"{title} {done}, {time}", $"{done}, {time}", done];
        return Array.Find(shorter, text => text.Length <= room) ?? done[..room];
    }

    /// <summary>What training tells beside its steps, in wordings for ever narrower windows.</summary>
    /// <param name="loss">The last step's.</param>
    /// <param name="mean">The mean over the last 100 steps; NaN while there is none, which tells no loss.</param>
    /// <param name="rate">Images per second.</param>
    /// <param name="memory">Bytes of the process in memory.</param>
    /// <param name="skipped">Steps that were skipped.</param>
    public static IReadOnlyList<string> Figures(double loss, double mean, double rate, long memory, int skipped)
    {
        var (speed, gigabytes) = (Invariant($"{rate:F1} images/s"), Invariant($"{memory / (double)(1 << 30):F1} GB"));
        var warned = skipped > 0 ? Invariant($", {skipped} skipped") : "";
        if (double.IsNaN(mean))
            return [$"{speed}{warned}, {gigabytes}", $"{speed}{warned}"];
        var trend = Invariant($"loss {mean:F4}{warned}");
        var both = Invariant($"loss {loss:F4}, mean {mean:F4}{warned}");
        return [$"{both}, {speed}, {gigabytes}", $"{both}, {speed}", $"{trend}, {speed}", trend];
    }

    /// <summary>Hours, minutes and seconds; before them days, where there are any.</summary>
    public static string Duration(TimeSpan time) =>
        time.ToString(time.Days > 0 ? "d'd 'hh':'mm':'ss" : "h':'mm':'ss", CultureInfo.InvariantCulture);
}
