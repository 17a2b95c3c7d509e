using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>Small messages between two processes, beside whatever else is sent. All but the barrier is one thread's.</summary>
internal sealed unsafe class MpiMessages
{
    private const int Tag = 0, StatusSize = 128;        // of MPI_Status: 24 bytes at most

    private readonly nint communicator, type;
    private readonly int anySource, length;
    private readonly Dictionary<int, Outgoing> outgoing = [];

    private readonly delegate* unmanaged<nint, int> barrier;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> send;
    private readonly delegate* unmanaged<nint*, int*, byte*, int> test;
    private readonly delegate* unmanaged<int, int, nint, int*, byte*, int> probe;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, byte*, int> receive;

    /// <summary>All processes make theirs together.</summary>
    /// <param name="handles">The library's constants.</param>
    /// <param name="function">A function's address.</param>
    /// <param name="length">The numbers of a message.</param>
    internal MpiMessages(MpiHandles handles, Func<string, nint> function, int length)
    {
        (type, anySource, this.length) = (handles.Byte, handles.AnySource, length * sizeof(long));
        barrier = (delegate* unmanaged<nint, int>)function("MPI_Barrier");
        send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)function("MPI_Isend");
        test = (delegate* unmanaged<nint*, int*, byte*, int>)function("MPI_Test");
        probe = (delegate* unmanaged<int, int, nint, int*, byte*, int>)function("MPI_Iprobe");
        receive = (delegate* unmanaged<void*, int, nint, int, int, nint, byte*, int>)function("MPI_Recv");
        nint own = 0;
        MpiLibrary.Check(((delegate* unmanaged<nint, nint*, int>)function("MPI_Comm_dup"))(handles.World, &own), "MPI_Comm_dup");
        communicator = own;
    }

    /// <summary>Waits for all.</summary>
    internal void Barrier() => MpiLibrary.Check(barrier(communicator), "MPI_Barrier");

    /// <summary>Sends numbers, which nobody waits for.</summary>
    /// <returns>False while the last message to that process is still under way: then nothing is sent.</returns>
    internal bool Send(int to, ReadOnlySpan<long> numbers)
    {
        if (!outgoing.TryGetValue(to, out var slot))
            outgoing[to] = slot = new(length);
        if (!IsThrough(slot))
            return false;
        numbers.CopyTo(new(slot.Bytes, length / sizeof(long)));
        MpiLibrary.Check(send(slot.Bytes, length, type, to, Tag, communicator, slot.Request), "MPI_Isend");
        slot.IsUnderWay = true;
        return true;
    }

    /// <summary>Whether no message is under way any more.</summary>
    internal bool AreThrough() => outgoing.Values.All(IsThrough);

    /// <summary>Takes a message, if one has come.</summary>
    internal bool TryReceive(Span<long> numbers)
    {
        var status = stackalloc byte[StatusSize];
        var isThere = 0;
        MpiLibrary.Check(probe(anySource, Tag, communicator, &isThere, status), "MPI_Iprobe");
        if (isThere == 0)
            return false;
        fixed (long* bytes = numbers)
            MpiLibrary.Check(receive(bytes, length, type, anySource, Tag, communicator, status), "MPI_Recv");
        return true;
    }

    private bool IsThrough(Outgoing slot)
    {
        if (!slot.IsUnderWay)
            return true;
        var status = stackalloc byte[StatusSize];
        var isThrough = 0;
        MpiLibrary.Check(test(slot.Request, &isThrough, status), "MPI_Test");
        slot.IsUnderWay = isThrough == 0;
        return !slot.IsUnderWay;
    }

    // Never freed: MPI may read them up to the end of the process.
    private sealed class Outgoing(int length)
    {
        internal void* Bytes { get; } = NativeMemory.AllocZeroed((nuint)length);

        internal nint* Request { get; } = (nint*)NativeMemory.AllocZeroed((nuint)sizeof(nint));

        internal bool IsUnderWay { get; set; }
    }
}
