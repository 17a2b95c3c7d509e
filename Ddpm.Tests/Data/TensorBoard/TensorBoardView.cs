namespace Ddpm.Tests.Data.TensorBoard;

/// <summary>What TensorBoard shows of a folder: its files in the order of their names, and what a session's start drops.</summary>
internal static class TensorBoardView
{
    internal static Dictionary<string, List<(long Step, float? Value)>> Of(string folder)
    {
        var (shown, hasStarted) = (new Dictionary<string, List<(long Step, float? Value)>>(), false);
        foreach (var file in Directory.GetFiles(folder).Where(name => name.Contains("tfevents")).Order(StringComparer.Ordinal))
            foreach (var one in Whole(file))
            {
                if (one.StartsSession && hasStarted)
                    foreach (var points in shown.Values)
                        points.RemoveAll(point => point.Step >= one.Step);
                hasStarted |= one.StartsSession;
                foreach (var value in one.Values)
                {
                    shown.TryAdd(value.Tag, []);
                    shown[value.Tag].Add((one.Step, value.Number));
                }
            }
        return shown;
    }

    // A file's damaged end is the end of what is shown of it.
    private static IEnumerable<LoggedEvent> Whole(string file)
    {
        using var events = EventReader.Read(file).GetEnumerator();
        while (true)
        {
            try
            {
                if (!events.MoveNext())
                    yield break;
            }
            catch (DataFormatException)
            {
                yield break;
            }
            yield return events.Current;
        }
    }
}
