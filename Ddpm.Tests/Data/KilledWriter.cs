using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ddpm.Tests.Data;

/// <summary>
/// What this assembly does when it is started as a program and told a folder: it writes to an event file and a table as fast as it can, and says
/// after each step that it is done, until it is killed. Nothing here may refer to NUnit.
/// </summary>
internal static class KilledWriter
{
    internal const string Folder = "DDPM_KILLED_WRITER", After = "DDPM_KILLED_WRITER_AFTER";

    [ModuleInitializer]
    internal static void Begin()
    {
        if (Environment.GetEnvironmentVariable(Folder) is not { Length: > 0 } folder)
            return;
        var after = int.Parse(Environment.GetEnvironmentVariable(After)!, CultureInfo.InvariantCulture);
        using var events = EventFile.Create(folder, after + 1);
        using var table = new CsvLog(Path.Combine(folder, "loss.csv"), "step", "loss");
        table.Begin(after);
        using var output = Console.OpenStandardOutput();
        for (var step = after + 1; ; step++)
        {
            events.Add(step, ("loss", step));
            table.Append(step, (double)step);
            output.Write(BitConverter.GetBytes(step));
        }
    }
}
