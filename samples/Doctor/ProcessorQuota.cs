using System.Globalization;

namespace Ddpm.Samples;

/// <summary>The processors' time that Linux gives to a container (control groups, versions 1 and 2).</summary>
internal static class ProcessorQuota
{
    private const string Groups = "proc/self/cgroup", Mount = "sys/fs/cgroup";
    private const int MostCharacters = 1 << 16;

    /// <summary>The least of the groups that this process is in; null: no limit, or none that can be read.</summary>
    /// <param name="root">Where the file system begins.</param>
    public static double? Read(string root)
    {
        var quotas = new List<double>();
        foreach (var line in Text(Path.Combine(root, Groups)).Split('\n'))
            if (line.Split(':', 3) is [_, var controllers, var group])
            {
                if (controllers.Length == 0)
                    quotas.AddRange(Along(Path.Combine(root, Mount), group, OfVersion2));
                else if (controllers.Split(',').Contains("cpu"))
                    foreach (var mount in new[] { "cpu", controllers }.Distinct())
                        quotas.AddRange(Along(Path.Combine(root, Mount, mount), group, OfVersion1));
            }
        return quotas.Count > 0 ? quotas.Min() : null;
    }

    // A group is limited by those around it too; in a container its own folder may be the mount itself.
    private static IEnumerable<double> Along(string mount, string group, Func<string, double?> read)
    {
        for (var inside = group.Trim().Trim('/'); ; inside = Path.GetDirectoryName(inside) ?? "")
        {
            if (!inside.Contains("..", StringComparison.Ordinal) && read(Path.Combine(mount, inside)) is { } quota)
                yield return quota;
            if (inside.Length == 0)
                yield break;
        }
    }

    private static double? OfVersion2(string folder) =>
        Text(Path.Combine(folder, "cpu.max")).Split(' ', '\n') is [var quota, var period, ..] ? Share(quota, period) : null;

    private static double? OfVersion1(string folder) =>
        Share(Text(Path.Combine(folder, "cpu.cfs_quota_us")), Text(Path.Combine(folder, "cpu.cfs_period_us")));

    // "max" and -1 are no limit.
    private static double? Share(string quota, string period) =>
        Number(quota) is > 0 and var time && Number(period) is > 0 and var of ? time / of : null;

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var buffer = new char[MostCharacters];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
