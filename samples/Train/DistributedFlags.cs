using System.CommandLine;
using Ddpm.Distributed;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Whether this process trains alone or together with others that mpirun or srun has started, of which the first alone prints and saves.
/// </summary>
internal sealed class DistributedFlags
{
    private const int LongestWait = 1_000_000;

    private readonly Option<string> distributed = Flag.OneOf(
        "--distributed",
        "none trains alone; mpi together with the other processes that mpirun or srun has started; nccl too, each on a card of its own.",
        "none", "none", "mpi", "nccl");
    private readonly Option<int> heartbeat = Flag.Whole(
        "--heartbeat", "Seconds that a process may give no sign of life before the job ends; 0: any number.", 10, 0, LongestWait);
    private readonly Option<int> patience = Flag.Whole(
        "--patience", "Seconds that a process may wait for one that lives before the job ends: more than saving and drawing take; 0: any number.",
        0, 0, LongestWait);

    private readonly Option<bool> shards = new("--shard_optimizer")
        { Description = "Each process keeps the optimiser's moments and the averages of its own part of the weights alone, to save memory." };

    private Option<Device>? device;
    private MpiGradientSync? sync;

    /// <summary>What joins this process to the others; null: it is alone.</summary>
    public IGradientSync? Sync { get; private set; }

    /// <summary>Whether this process is the one that prints, draws and saves.</summary>
    public bool IsFirst => Sync is null or { Rank: 0 };

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">It.</param>
    /// <param name="device">Its flag for the device.</param>
    public void AddTo(Command command, Option<Device> device)
    {
        this.device = device;
        command.Options.Add(distributed);
        command.Options.Add(heartbeat);
        command.Options.Add(patience);
        command.Options.Add(shards);
        distributed.Refuse(given =>
            given != "none" && !MpiGradientSync.IsAvailable(out var whyNot) ? $"{distributed.Name} {given} needs an MPI library. {whyNot}"
            : given == "nccl" && !NcclGradientSync.IsAvailable(out whyNot) ? $"{distributed.Name} nccl needs an NCCL library. {whyNot}"
            : null);
        command.Ignored(result => result.ValueOf(distributed) == "none" ? $"with {distributed.Name} none" : null, heartbeat, patience, shards);
    }

    /// <summary>Whether the processes share the update.</summary>
    public bool ShardsOptimizer(ParseResult options) => options.GetValue(shards);

    /// <summary>Where this process computes: with NCCL on the card whose number is the process's on its machine, unless --device names one.</summary>
    public Device DeviceOf(ParseResult options)
    {
        var given = options.GetRequiredValue(device!);
        return sync is null || options.CommandResult.Has(device!) || !UsesNccl(options) || given.type != DeviceType.CUDA
            ? given
            : new(DeviceType.CUDA, sync.LocalRank);
    }

    /// <summary>Does a job in this process, which has joined the others by then.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="job">Told whether it may write, it returns an exit code.</param>
    public int Run(ParseResult options, Func<bool, int> job)
    {
        if (options.GetRequiredValue(distributed) == "none")
        {
            if (Started() is > 1 and var processes)
                SampleApp.Warnings.Report(
                    $"This is one of {processes} processes that MPI has started, and each trains alone: {distributed.Name} mpi trains together.");
            return job(true);
        }
        var code = 1;
        try
        {
            MpiGradientSync.Run(sync =>
            {
                this.sync = sync;
                using var nccl = UsesNccl(options) ? new NcclGradientSync(sync, DeviceOf(options)) : null;
                Sync = nccl is null ? sync : nccl;
                if (!IsFirst)
                    SampleApp.Silence();
                else if (sync is { Size: > 1, HasHeartbeat: false } && Seconds(options, heartbeat) is not null)
                    SampleApp.Warnings.Report($"There is no heartbeat, as the MPI library lets one thread call it only: {patience.Name} may help.");
                code = job(IsFirst);
            }, new()
            {
                HeartbeatTimeout = Seconds(options, heartbeat),
                Patience = Seconds(options, patience),
                Failed = fault => Console.Error.WriteLine($"error: process {sync!.Rank} of {sync.Size}: {Fault.Line(fault)}"),
            });
        }
        catch (TrainingDivergedException) when (!IsFirst)
        {
            // The first says so.
        }
        return code;
    }

    private bool UsesNccl(ParseResult options) => options.GetRequiredValue(distributed) == "nccl";

    private static TimeSpan? Seconds(ParseResult options, Option<int> flag) =>
        options.GetRequiredValue(flag) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    // Open MPI's name and MPICH's.
    private static int Started() => ((string[])["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"])
        .Select(name => int.TryParse(Environment.GetEnvironmentVariable(name), out var size) ? size : 1).Max();
}
