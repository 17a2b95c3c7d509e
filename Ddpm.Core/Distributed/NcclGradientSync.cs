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
        gradient.div_(Size);
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
        var type = values.dtype switch
        {
            ScalarType.Float32 => NcclType.Float32,
            ScalarType.Float64 => NcclType.Float64,
            _ => throw new ArgumentException($"The numbers must be float32 or float64, but are {values.dtype}.", nameof(values)),
        };
        var (each, left) = Math.DivRem(values.NumberOfElements, Size);
        var start = Address(values);
        var own = start + Rank * each * values.ElementSize;
        var rest = start + Size * each * values.ElementSize;
        // One process adds up a slice, and its bits go to all; the first adds up what is left over.
        library.Together(() =>
        {
            library.ReduceScatter(start, own, each, type, communicator);
            library.Reduce(rest, left, type, root: 0, communicator);
        });
        library.Together(() =>
        {
            library.AllGather(own, start, each, type, communicator);
            library.Broadcast(rest, left, type, root: 0, communicator);
        });
        library.CheckQueued(communicator);
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
        if (!values.is_contiguous())
            throw new ArgumentException("The numbers must be contiguous.", nameof(values));
        card?.MakeCurrent();
        return true;
    }

    private static byte* Address(Tensor values) => (byte*)LibtorchOperator.Memory(values);

    // "cuda" alone is the first card.
    private static int Index(Device device) => Math.Max(device.index, 0);
}
