using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm.Distributed;

/// <summary>
/// Processes that <c>mpirun</c> has started, on one machine or several, which train one network together (<see cref="Trainer.GradientSync"/>). Open
/// MPI and MPICH will do. Started without <c>mpirun</c> a process is alone.
/// </summary>
/// <remarks>Numbers on another device than the CPU travel through the CPU's memory.</remarks>
public sealed unsafe class MpiGradientSync : IGradientSync
{
    private const int ElementsAtOnce = 1 << 22;

    private static int hasRun;

    private readonly MpiLibrary library;
    private readonly HangWatch watch, endWatch;

    private readonly Heartbeat? heartbeat;

    private MpiGradientSync(MpiLibrary library, MpiOptions options)
    {
        this.library = library;
        (Rank, Size, var severalThreads) = library.Begin(severalThreads: options.HeartbeatTimeout is not null);
        watch = new(Rank, options.Patience);
        LocalRank = FindLocalRank();
        var hasHeartbeat = severalThreads && Size > 1;
        endWatch = new(Rank, hasHeartbeat ? 3 * options.HeartbeatTimeout : null);
        if (!hasHeartbeat)
            return;
        heartbeat = new(library.OpenMessages(Pulse.Length), Rank, Size, options.HeartbeatTimeout!.Value, () => watch.Calls);
        watch.Missing = heartbeat.Missing;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Which of the processes of its machine, told by the machine's name, this one is, from 0 on: the number of the card that is its own.</summary>
    public int LocalRank { get; }

    /// <summary>
    /// Whether the processes tell each other that they live (<see cref="MpiOptions.HeartbeatTimeout"/>): there are several, and the MPI library lets
    /// several threads call it at once.
    /// </summary>
    public bool HasHeartbeat => heartbeat is not null;

    /// <summary>Whether this machine has an MPI library that is known here.</summary>
    /// <param name="whyNot">Why not, in a sentence that names the packages to install; null if it has.</param>
    public static bool IsAvailable(out string? whyNot)
    {
        whyNot = MpiLibrary.Get().WhyNot;
        return whyNot is null;
    }

    /// <summary>
    /// Does a job together with the other processes. An exception of one, which is written to the error output, ends them all with exit code 1: they
    /// would else wait for it for ever. Only <see cref="OperationCanceledException"/> and <see cref="TrainingDivergedException"/>, which training
    /// throws in all processes, come out of here.
    /// </summary>
    /// <param name="job">What every process does. It may call MPI from any thread, but from one at a time.</param>
    /// <param name="options">When a job ends because of a process that hangs; null: as <see cref="MpiOptions"/> begins.</param>
    /// <exception cref="DllNotFoundException">There is no MPI library; the message names the packages to install.</exception>
    /// <exception cref="InvalidOperationException">This process has called it before, which MPI does not allow.</exception>
    public static void Run(Action<MpiGradientSync> job, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        options ??= new();
        var (library, whyNot) = MpiLibrary.Get();
        if (library is null)
            throw new DllNotFoundException(whyNot);
        if (Interlocked.Exchange(ref hasRun, 1) == 1)
            throw new InvalidOperationException("A process can join the others by MPI only once.");
        var sync = new MpiGradientSync(library, options);
        try
        {
            job(sync);
        }
        catch (Exception fault) when (sync.Size > 1 && fault is not (OperationCanceledException or TrainingDivergedException))
        {
            try
            {
                sync.Tell(fault, options);
            }
            finally
            {
                library.Abort(1);
            }
        }
        catch
        {
            sync.End();
            throw;
        }
        sync.End();
    }

    /// <inheritdoc/>
    public void Average(Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Sum(gradient);
        gradient.OverInPlace(Size);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are of another type, or not contiguous.</exception>
    public void Sum(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Exchange(values, new FlatSlices(values.NumberOfElements, Rank, Size).Counts, sums: true, gathers: true);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are of another type, or not contiguous; or the slices are not all of them.</exception>
    public void SumSlices(Tensor values, IReadOnlyList<long> counts) => Exchange(values, counts, sums: true, gathers: false);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are of another type, or not contiguous; or the slices are not all of them.</exception>
    public void GatherSlices(Tensor values, IReadOnlyList<long> counts) => Exchange(values, counts, sums: false, gathers: true);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are not contiguous.</exception>
    public void Broadcast(Tensor values)
    {
        SliceParts.Check(values);
        if (Size > 1)
            OnCpu(values, there =>
            {
                for (long first = 0, length = there.NumberOfElements; first < length; first += ElementsAtOnce)
                    BroadcastPart(there.narrow(0, first, Math.Min(ElementsAtOnce, length - first)));
            });
    }

    /// <summary>Waits until all processes have come here.</summary>
    public void Barrier()
    {
        using (watch.Begin())
            library.Barrier();
    }

    private void End()
    {
        using (watch.Begin())
            heartbeat?.End();
        // The last call has no heartbeat, but nothing to wait for either: all have come to the end.
        using (watch.Begin())
        using (endWatch.Begin())
            library.End();
    }

    private void Tell(Exception fault, MpiOptions options)
    {
        if (options.Failed is { } failed)
            failed(fault);
        else
            Console.Error.WriteLine($"Process {Rank} of {Size} failed, and ends the job: {fault}");
        Console.Error.Flush();
    }

    private int FindLocalRank()
    {
        using var names = zeros(Size, ScalarType.Float64);
        // 52 bits of the name, which a sum with zeros leaves as they are.
        names[Rank] = (double)(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName))) >> 12);
        Sum(names);
        var all = names.data<double>().ToArray();
        return all.Take(Rank).Count(name => name == all[Rank]);
    }

    // Each slice is summed by one process, and its bits go to all: a plain sum may round differently in each.
    private void Exchange(Tensor values, IReadOnlyList<long> counts, bool sums, bool gathers)
    {
        SliceParts.Check(values, counts, Size);
        if (Size > 1)
            OnCpu(values, there =>
            {
                foreach (var pieces in SliceParts.Of(counts, Math.Max(ElementsAtOnce, Size)))
                    ExchangePart(there, pieces, sums, gathers);
            });
    }

    private void ExchangePart(Tensor values, (long First, int Count)[] pieces, bool sums, bool gathers)
    {
        using var scope = NewDisposeScope();
        var part = SliceParts.Take(values, pieces);
        int[] counts = [.. pieces.Select(piece => piece.Count)], firsts = [.. counts.Select((_, rank) => counts.Take(rank).Sum())];
        var areDoubles = part.dtype == ScalarType.Float64;
        var place = part.narrow(0, firsts[Rank], counts[Rank]);
        var own = empty(counts[Rank] + 1, part.dtype);                  // never without an address
        var numbers = own.narrow(0, 0, counts[Rank]);
        if (sums)
            library.ReduceScatter(Address(part), Address(own), counts, areDoubles);
        else
            numbers.copy_(place);
        if (gathers)
            library.AllGather(Address(own), counts[Rank], Address(part), counts, firsts, areDoubles);
        else
            place.copy_(numbers);
        SliceParts.PutBack(part, values, pieces);
    }

    private void BroadcastPart(Tensor part) => library.Broadcast(Address(part), (int)(part.NumberOfElements * part.ElementSize));

    private void OnCpu(Tensor values, Action<Tensor> act)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var there = values.detach().cpu().view(-1);
        using (watch.Begin())
            act(there);
        if (values.device_type != TorchSharp.DeviceType.CPU)
            values.copy_(there.view(values.shape));
    }

    private static void* Address(Tensor tensor)
    {
        fixed (byte* bytes = tensor.bytes)
            return bytes;
    }
}
