using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>
/// This assembly as a program that saves until it is killed, and says what it begins and what it has done. It goes on from the newest checkpoint,
/// as a training does. Nothing here may refer to NUnit: see <see cref="StartupHook"/>.
/// </summary>
internal static class SaveLoop
{
    private const string Folder = "DDPM_SAVE_LOOP", Bytes = "DDPM_SAVE_LOOP_BYTES", Reserves = "DDPM_SAVE_LOOP_RESERVES",
        Pause = "DDPM_SAVE_LOOP_PAUSE";

    internal const string Ready = "ready", Saving = "saving ", Saved = "saved ", Refused = "refused ";

    /// <summary>Starts the program, with its output redirected.</summary>
    /// <param name="folder">The store's.</param>
    /// <param name="bytes">Of each checkpoint.</param>
    /// <param name="reserves">Whether the program keeps others from writing all the time.</param>
    /// <param name="pause">Milliseconds from one save to the next.</param>
    internal static Process Start(string folder, int bytes, bool reserves = false, int pause = 0)
    {
        var assembly = typeof(SaveLoop).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [assembly]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment[Folder] = folder;
        start.Environment[Bytes] = bytes.ToString(CultureInfo.InvariantCulture);
        start.Environment[Reserves] = reserves ? "1" : "0";
        start.Environment[Pause] = pause.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }

    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Folder) is not { Length: > 0 } folder)
            return;
        Run(folder, Number(Bytes), Number(Pause));
        Environment.Exit(0);
    }

    private static void Run(string folder, int bytes, int pause)
    {
        using var store = new CheckpointStore(folder, warnings: new Direct<string>(warning => Say("warning " + warning)));
        if (Environment.GetEnvironmentVariable(Reserves) == "1")
            store.Reserve();
        var step = store.Newest() is { } newest ? Written.Step(newest) + 1 : 1;
        Say(Ready);
        for (; ; step++)
            try
            {
                Say(Saving + step.ToString(CultureInfo.InvariantCulture));
                store.Write(step, bytes, score: (step * 7919 % 1000) + step);
                Say(Saved + step.ToString(CultureInfo.InvariantCulture));
            }
            catch (IOException error)
            {
                Say(Refused + error.Message);
            }
            finally
            {
                Thread.Sleep(pause);
            }
    }

    private static int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable)!, CultureInfo.InvariantCulture);

    private static void Say(string line) => Console.WriteLine(line);
}
