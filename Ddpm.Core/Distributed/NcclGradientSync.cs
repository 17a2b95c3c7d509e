using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Distributed;

/// <summary>
/// Sums the gradients of GPUs, one a process, from card to card by NCCL. The processes find each other by another <see cref="IGradientSync"/>, such as
/// <see cref="MpiGradientSync"/>, which also takes what lies on the CPU.
/// </summary>
/// <remarks>No card has run this yet: its calls were tried with a stand-in for the library, made from NCCL's documentation.</remarks>
public sealed unsafe class NcclGradientSync : IGradientSync, IDisposable
{
    private readonly IGradientSync others;
    private readonly Device device;
    private readonly NcclLibrary library;
    private readonly CudaDevice? card;
    private readonly nint communicator;

    private bool isDisposed;

    /// <summary>Joins the other processes, each of which calls it with a card of its own. They wait for each other.</summary>
    /// <param name="others">How the processes find each other; the caller keeps it, and disposes this before.</param>
    /// <param name="device">This process's card; two processes cannot share one.</param>
    /// <exception cref="ArgumentException">The device is no CUDA device.</exception>
    /// <exception cref="DllNotFoundException">There is no NCCL library; the message names the packages.</exception>
    /// <exception cref="InvalidOperationException">NCCL refuses; the message has its reason.</exception>
    public NcclGradientSync(IGradientSync others, Device device)
        : this(others, device, LibraryFor(device))
    {
    }

    /// <summary>The same by a given library, which may be a stand-in that adds up what lies on the CPU.</summary>
    internal NcclGradientSync(IGradientSync others, Device device, NcclLibrary library)
    {
        ArgumentNullException.ThrowIfNull(others);
        (this.others, this.device, this.library) = (others, device, library);
        card = device.type == DeviceType.CUDA ? new(Index(device)) : null;
        card?.MakeCurrent();
        communicator = library.Join(SendId(), Rank, Size);
    }

    /// <inheritdoc/>
    public int Rank => others.Rank;

    /// <inheritdoc/>
    public int Size => others.Size;

    /// <summary>Whether this machine has an NCCL library. Whether NCCL can use the machine's cards, the constructor tells.</summary>
    /// <param name="whyNot">Why not, in a sentence that names the packages; null if it has.</param>
    public static bool IsAvailable(out string? whyNot)
    {
        whyNot = NcclLibrary.Get().WhyNot;
        return whyNot is null;
    }

    /// <inheritdoc/>
    public void Average(Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Sum(gradient);
        gradient.OverInPlace(Size);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are of another type, on another card, or not contiguous.</exception>
    public void Sum(Tensor values)
    {
        if (!IsOwn(values))
        {
            others.Sum(values);
            return;
        }
        // Equal slices, which NCCL is fastest with; the first process adds up what is left over.
        var (each, left) = Math.DivRem(values.NumberOfElements, Size);
        Exchange(values, [left + each, .. Enumerable.Repeat(each, Size - 1)], sums: true, gathers: true);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are of another type, on another card, or not contiguous; or the slices are not all of
    /// them.</exception>
    public void SumSlices(Tensor values, IReadOnlyList<long> counts)
    {
        if (IsOwn(values))
            Exchange(values, counts, sums: true, gathers: false);
        else
            others.SumSlices(values, counts);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">As for <see cref="SumSlices"/>.</exception>
    public void GatherSlices(Tensor values, IReadOnlyList<long> counts)
    {
        if (IsOwn(values))
            Exchange(values, counts, sums: false, gathers: true);
        else
            others.GatherSlices(values, counts);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The numbers are on another card, or not contiguous.</exception>
    public void Broadcast(Tensor values)
    {
        if (!IsOwn(values))
        {
            others.Broadcast(values);
            return;
        }
        library.Broadcast(Address(values), values.NumberOfElements * values.ElementSize, NcclType.UInt8, root: 0, communicator);
        library.CheckQueued(communicator);
    }

    /// <summary>Leaves the others.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        card?.MakeCurrent();
        library.Leave(communicator);
    }

    // One process adds up a slice, and its bits go to all.
    private void Exchange(Tensor values, IReadOnlyList<long> counts, bool sums, bool gathers)
    {
        SliceParts.Check(values, counts, Size);
        var type = values.dtype == ScalarType.Float32 ? NcclType.Float32 : NcclType.Float64;
        // What all slices have in common, if they end alike: slice r is then at first + r · each.
        var each = counts[^1];
        var first = counts[0] - each;
        var areEqual = first >= 0 && counts.Skip(1).All(count => count == each);
        var start = Address(values);
        if (sums)
            library.Together(() =>
            {
                if (areEqual)
                    library.ReduceScatter(start + first * values.ElementSize, Own(), each, type, communicator);
                ForSlices((slice, count, rank) => library.Reduce((void*)slice, count, type, rank, communicator));
            });
        if (gathers)
            library.Together(() =>
            {
                if (areEqual)
                    library.AllGather(Own(), start + first * values.ElementSize, each, type, communicator);
                ForSlices((slice, count, rank) => library.Broadcast((void*)slice, count, type, rank, communicator));
            });
        library.CheckQueued(communicator);

        byte* Own() => start + (first + Rank * each) * values.ElementSize;

        // The first slice's longer beginning, or where slices differ all of them.
        void ForSlices(Action<nint, long, int> act)
        {
            if (areEqual)
                act((nint)start, first, 0);
            var at = (nint)start;
            for (var rank = 0; !areEqual && rank < counts.Count; rank++)
            {
                act(at, counts[rank], rank);
                at += (nint)(counts[rank] * values.ElementSize);
            }
        }
    }

    private static NcclLibrary LibraryFor(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type != DeviceType.CUDA)
            throw new ArgumentException($"NCCL needs a CUDA device, but is given {device}.", nameof(device));
        var (library, whyNot) = NcclLibrary.Get();
        return library ?? throw new DllNotFoundException(whyNot);
    }

    private NcclId SendId()
    {
        var id = Rank == 0 ? library.MakeId() : default;
        using var bytes = zeros(NcclId.Bytes, ScalarType.Byte);
        var sent = new Span<byte>(&id, NcclId.Bytes);
        sent.CopyTo(bytes.bytes);
        others.Broadcast(bytes);
        bytes.bytes.CopyTo(sent);
        return id;
    }

    private bool IsOwn(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (values.device_type != device.type)
            return false;
        if (card is not null && values.device_index != Index(device))
            throw new ArgumentException($"The numbers must be on {device}, but are on {values.device}.", nameof(values));
        SliceParts.Check(values);
        card?.MakeCurrent();
        return true;
    }

    private static byte* Address(Tensor values) => (byte*)LibtorchOperator.Memory(values);

    // "cuda" alone is the first card.
    private static int Index(Device device) => Math.Max(device.index, 0);
}
