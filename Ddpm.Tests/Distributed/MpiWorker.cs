using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ddpm.Distributed;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>
/// What this assembly does when mpirun starts it as a program and tells a job and a folder, in which each process leaves files of its own. Nothing
/// here may refer to NUnit.
/// </summary>
internal static class MpiWorker
{
    internal const string Job = "DDPM_MPI_JOB", Folder = "DDPM_MPI_FOLDER", Steps = "DDPM_MPI_STEPS";

    /// <summary>Seconds; no heartbeat by 0.</summary>
    internal const string Patience = "DDPM_MPI_PATIENCE", Heartbeat = "DDPM_MPI_HEARTBEAT";

    internal const int Batch = 7;

    /// <summary>What the name of a job ends with whose processes share the update.</summary>
    internal const string Sharded = "-sharded";

    [ModuleInitializer]
    internal static void Begin()
    {
        if (Environment.GetEnvironmentVariable(Job) is not { Length: > 0 } job)
            return;
        var folder = Environment.GetEnvironmentVariable(Folder)!;
        var options = new MpiOptions { Patience = Seconds(Patience) };
        if (Seconds(Heartbeat) is { } timeout)
            options = options with { HeartbeatTimeout = timeout == TimeSpan.Zero ? null : timeout };
        try
        {
            MpiGradientSync.Run(sync => Do(job, folder, sync), options);
        }
        catch (Exception fault)
        {
            Console.Error.WriteLine($"out of Run: {fault}");
            Environment.Exit(3);
        }
        Environment.Exit(0);
    }

    private static TimeSpan? Seconds(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture)) : null;

    private static void Do(string job, string folder, MpiGradientSync sync)
    {
        File.WriteAllText(Path.Combine(folder, $"{sync.Rank}.pid"), $"{Environment.ProcessId}");
        switch (job)
        {
            case "sums":
                File.WriteAllBytes(Path.Combine(folder, $"{sync.Rank}.sums"), Sums(sync));
                break;
            case "fails":
                if (sync.Rank == sync.Size - 1)
                    throw new InvalidDataException("bad luck");
                sync.Barrier();
                break;
            case "cancelled":
                throw new OperationCanceledException("by all");
            case "hangs":
                if (sync.Rank == sync.Size - 1)
                    Thread.Sleep(Timeout.Infinite);
                sync.Barrier();
                break;
            case "null":
                CatchNull();
                break;
            case "rests":
                Train(folder, sync, shards: false, restAfter: 3);
                File.WriteAllText(Path.Combine(folder, $"{sync.Rank}.beats"), $"{sync.HasHeartbeat}");
                break;
            case "models" or "models-sharded":
                TrainModel(folder, sync, job.EndsWith(Sharded, StringComparison.Ordinal));
                break;
            default:
                Train(folder, sync, job.EndsWith(Sharded, StringComparison.Ordinal));
                break;
        }
    }

    /// <summary>The numbers that a process brings: their sum, in double, is known, and float sums of them depend on the order.</summary>
    internal static double Brought(int rank, long i) => 1 / (1.0 + rank + i % 1000) - 0.25 * (rank % 2);

    private static byte[] Sums(MpiGradientSync sync)
    {
        // All are on one machine.
        if (sync.LocalRank != sync.Rank)
            throw new InvalidDataException($"Process {sync.Rank} takes itself for the machine's {sync.LocalRank}.");
        using var scope = NewDisposeScope();
        var all = new List<byte>();
        foreach (var (length, type) in new[]
        {
            (1, ScalarType.Float32), (5, ScalarType.Float64), (0, ScalarType.Float32), (9_000_001, ScalarType.Float32),
        })
        {
            var values = tensor([.. Enumerable.Range(0, length).Select(i => Brought(sync.Rank, i))], type);
            var slices = values.clone();
            long later = 2L * length / 5;
            long[] counts = [.. Enumerable.Range(0, sync.Size).Select(rank => rank == 0 ? length - later * (sync.Size - 1) : later)];
            sync.SumSlices(slices, counts);
            sync.GatherSlices(slices, counts);
            sync.Sum(values);
            if (!(values - slices).abs().le(1e-6).all().item<bool>())
                throw new InvalidDataException("Slices have another sum.");
            all.AddRange(values.bytes);
        }
        var numbers = arange(10, ScalarType.Int64) + 100 * sync.Rank;
        sync.Broadcast(numbers);
        all.AddRange(numbers.bytes);
        var average = tensor([(double)sync.Rank]);
        sync.Average(average);
        all.AddRange(average.bytes);
        return [.. all];
    }

    // .NET makes an exception of a signal that MPI libraries catch too.
    private static void CatchNull()
    {
        string? nothing = Environment.GetEnvironmentVariable("DDPM_NO_SUCH");
        try
        {
            _ = nothing!.Length;
        }
        catch (NullReferenceException)
        {
            return;
        }
        throw new InvalidDataException("null has a length");
    }

    // After a step process 0 may do something else for long, as one does that saves or draws.
    private static void Train(string folder, MpiGradientSync sync, bool shards, int restAfter = -1)
    {
        set_num_threads(1);
        using var network = new UNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.1 }, seed: (ulong)sync.Rank);
        var steps = int.Parse(Environment.GetEnvironmentVariable(Steps)!, CultureInfo.InvariantCulture);
        var recipe = new TrainingOptions
        {
            Steps = steps, BatchSize = Batch, LearningRate = 2e-4, WarmupSteps = 0, EmaDecay = 0, Seed = 5, ShardOptimizer = shards,
        };
        using var trainer = new Trainer(network, new(new LinearSchedule()), new ShapesReader(count: 40).Read(), recipe) { GradientSync = sync };
        using var losses = new StreamWriter(Path.Combine(folder, $"{sync.Rank}.losses")) { AutoFlush = true };
        var clock = Stopwatch.StartNew();
        trainer.Run(new Direct<TrainingProgress>(report =>
        {
            losses.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Step} {report.Loss:r}"));
            if (sync.Rank == 0 && report.Step == restAfter)
                Thread.Sleep(TimeSpan.FromSeconds(5));
        }));
        File.WriteAllText(Path.Combine(folder, $"{sync.Rank}.seconds"), clock.Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        using var scope = NewDisposeScope();
        File.WriteAllBytes(
            Path.Combine(folder, $"{sync.Rank}.weights"),
            [.. network.parameters().SelectMany(parameter => parameter.detach().contiguous().bytes.ToArray())]);
    }

    // As docs/distributed.md says. Process 0 alone saves, and goes on with what it has saved.
    private static void TrainModel(string folder, MpiGradientSync sync, bool shards)
    {
        set_num_threads(1);
        var output = Path.Combine(folder, "out");
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] })
            .WithDataset(new ShapesReader(count: 40)).WithSeed((ulong)sync.Rank).Build();
        using var recorder = sync.Rank == 0 ? new TrainingRecorder(diffusion, output) { Pictures = 0, SaveEvery = 5 } : null;
        diffusion.GradientSync = sync;
        var steps = int.Parse(Environment.GetEnvironmentVariable(Steps)!, CultureInfo.InvariantCulture);
        diffusion.Train(
            new TrainingOptions { Steps = steps, BatchSize = Batch, LearningRate = 2e-4, WarmupSteps = 0, EmaDecay = 0.9, ShardOptimizer = shards },
            progress: new Direct<TrainingProgress>(_ => File.WriteAllText(Path.Combine(folder, $"{sync.Rank}.step"), "")),
            observers: recorder is null ? [] : [recorder],
            resume: sync.Rank == 0 && Diffusion.HasTrainingState(output) ? output : null);
        using var scope = NewDisposeScope();
        File.WriteAllBytes(
            Path.Combine(folder, $"{sync.Rank}.weights"),
            [.. diffusion.Denoiser.Network!.parameters().SelectMany(parameter => parameter.detach().contiguous().bytes.ToArray())]);
    }
}
