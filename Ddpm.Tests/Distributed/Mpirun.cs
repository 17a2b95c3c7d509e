using System.Diagnostics;
using System.Globalization;
using Ddpm.Distributed;

namespace Ddpm.Tests.Distributed;

/// <summary>Starts this assembly as several processes; tests are skipped where there is no MPI.</summary>
internal static class Mpirun
{
    /// <summary>Begins a job of <see cref="MpiWorker"/>.</summary>
    /// <param name="processes">How many.</param>
    /// <param name="job">What they do.</param>
    /// <param name="folder">Where they leave their files.</param>
    /// <param name="steps">Of a training.</param>
    /// <param name="patience">In seconds; null: for ever.</param>
    /// <param name="hosts">Further arguments of mpirun's.</param>
    /// <param name="before">A command that starts mpirun.</param>
    /// <param name="heartbeat">How long one may be silent, in seconds; 0: for ever; null: as the library says.</param>
    internal static Process Start(
        int processes, string job, string folder, int steps = 0, int? patience = null, string[]? hosts = null, string[]? before = null,
        int? heartbeat = null)
    {
        var start = StartOf(processes, hosts ?? [], before ?? [], typeof(MpiWorker).Assembly.Location);
        foreach (var (name, value) in new[]
        {
            (MpiWorker.Job, job), (MpiWorker.Folder, folder), (MpiWorker.Steps, steps.ToString(CultureInfo.InvariantCulture)),
            (MpiWorker.Patience, patience?.ToString(CultureInfo.InvariantCulture)),
            (MpiWorker.Heartbeat, heartbeat?.ToString(CultureInfo.InvariantCulture)),
        })
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>How several processes of a program are started.</summary>
    /// <param name="processes">How many.</param>
    /// <param name="hosts">Further arguments of mpirun's.</param>
    /// <param name="before">A command that starts mpirun.</param>
    /// <param name="program">The program's file, and its arguments.</param>
    internal static ProcessStartInfo StartOf(int processes, string[] hosts, string[] before, params string[] program)
    {
        var launcher = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(place => Path.Combine(place, "mpirun")).FirstOrDefault(File.Exists);
        if (launcher is null || !MpiGradientSync.IsAvailable(out _))
            Assert.Ignore("There is no mpirun with its library on this machine: install openmpi-bin and libopenmpi3.");
        string[] line =
        [
            .. before, launcher!, "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", .. hosts, "-n",
            processes.ToString(CultureInfo.InvariantCulture), "dotnet", .. program,
        ];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none";           // which containers forbid, with a warning
        return start;
    }

    /// <summary>Does a job to its end.</summary>
    /// <returns>The exit code, and what was written to the error output.</returns>
    internal static (int Code, string Error) Run(int processes, string job, string folder, int steps = 0, int? patience = null, int? heartbeat = null)
    {
        using var process = Start(processes, job, folder, steps, patience, heartbeat: heartbeat);
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The job '{job}' has not ended in 5 minutes.");
        }
        return (process.ExitCode, error.Result);
    }
}
