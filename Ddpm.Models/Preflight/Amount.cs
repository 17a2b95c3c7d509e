namespace Ddpm.Training;

/// <summary>Bytes and times as people read them, the same in every culture.</summary>
internal static class Amount
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <summary>Three digits and a unit of a thousand: "35.7 MB".</summary>
    internal static string Of(double bytes)
    {
        var unit = 0;
        for (; bytes >= 999.5 && unit < Units.Length - 1; unit++)
            bytes /= 1000;
        return FormattableString.Invariant($"{Math.Round(bytes, bytes < 9.995 && unit > 0 ? 2 : bytes < 99.95 && unit > 0 ? 1 : 0)} {Units[unit]}");
    }

    /// <summary>Two digits or so in the largest unit: "3.5 days".</summary>
    internal static string Of(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => FormattableString.Invariant($"{time.TotalMilliseconds:F0} ms"),
        < 90 => FormattableString.Invariant($"{time.TotalSeconds:F1} s"),
        < 90 * 60 => FormattableString.Invariant($"{time.TotalMinutes:F0} minutes"),
        < 36 * 3600 => FormattableString.Invariant($"{time.TotalHours:F1} hours"),
        _ => FormattableString.Invariant($"{time.TotalDays:F1} days"),
    };
}
