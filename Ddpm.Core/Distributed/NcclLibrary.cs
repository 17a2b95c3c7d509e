using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>NCCL, found at run time. Calls return at once: the work is queued on the device's default stream, on which libtorch's follows.</summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>Names the library's file, where it is not among those that are looked for.</summary>
    internal const string Variable = "DDPM_NCCL_LIBRARY";

    private const int Sum = 0;
    private const nint DefaultStream = 0;

    // The second holds NCCL where it is no file of its own, as in libtorch's own archives. RCCL, for cards of AMD, has the same functions.
    private static readonly string[] Known = ["libnccl.so.2", "libtorch_cuda.so", "librccl.so.1"];

    private static readonly Lazy<(NcclLibrary? Library, string? WhyNot)> Found = new(Find);

    private readonly nint library;

    internal NcclLibrary(nint library) => this.library = library;

    /// <summary>The library, if there is one; else why not, in a sentence that names the packages.</summary>
    internal static (NcclLibrary? Library, string? WhyNot) Get() => Found.Value;

    internal NcclId MakeId()
    {
        NcclId id;
        Check(((delegate* unmanaged<NcclId*, int>)Function("ncclGetUniqueId"))(&id), "ncclGetUniqueId");
        return id;
    }

    /// <summary>Joins the others with the current device. All wait for each other.</summary>
    internal nint Join(NcclId id, int rank, int size)
    {
        nint communicator;
        Check(
            ((delegate* unmanaged<nint*, int, NcclId, int, int>)Function("ncclCommInitRank"))(&communicator, size, id, rank), "ncclCommInitRank");
        return communicator;
    }

    /// <summary>Adds up the numbers of all, in one place for each slice of <paramref name="count"/>.</summary>
    internal void ReduceScatter(void* values, void* slice, long count, NcclType type, nint communicator) => Check(
        ((delegate* unmanaged<void*, void*, nuint, NcclType, int, nint, nint, int>)Function("ncclReduceScatter"))(
            values, slice, (nuint)count, type, Sum, communicator, DefaultStream), "ncclReduceScatter");

    /// <summary>Puts the slices of all together.</summary>
    internal void AllGather(void* slice, void* values, long count, NcclType type, nint communicator) => Check(
        ((delegate* unmanaged<void*, void*, nuint, NcclType, nint, nint, int>)Function("ncclAllGather"))(
            slice, values, (nuint)count, type, communicator, DefaultStream), "ncclAllGather");

    /// <summary>Adds up the numbers of all in one process.</summary>
    internal void Reduce(void* values, long count, NcclType type, int root, nint communicator) => Check(
        ((delegate* unmanaged<void*, void*, nuint, NcclType, int, int, nint, nint, int>)Function("ncclReduce"))(
            values, values, (nuint)count, type, Sum, root, communicator, DefaultStream), "ncclReduce");

    /// <summary>Sends one process's numbers to all.</summary>
    internal void Broadcast(void* values, long count, NcclType type, int root, nint communicator) => Check(
        ((delegate* unmanaged<void*, void*, nuint, NcclType, int, nint, nint, int>)Function("ncclBroadcast"))(
            values, values, (nuint)count, type, root, communicator, DefaultStream), "ncclBroadcast");

    /// <summary>Queues calls as one.</summary>
    internal void Together(Action calls)
    {
        Check(((delegate* unmanaged<int>)Function("ncclGroupStart"))(), "ncclGroupStart");
        try
        {
            calls();
        }
        finally
        {
            Check(((delegate* unmanaged<int>)Function("ncclGroupEnd"))(), "ncclGroupEnd");
        }
    }

    /// <summary>Looks whether what was queued has failed meanwhile.</summary>
    internal void CheckQueued(nint communicator)
    {
        int fault;
        Check(((delegate* unmanaged<nint, int*, int>)Function("ncclCommGetAsyncError"))(communicator, &fault), "ncclCommGetAsyncError");
        Check(fault, "A collective call");
    }

    internal void Leave(nint communicator) =>
        Check(((delegate* unmanaged<nint, int>)Function("ncclCommDestroy"))(communicator), "ncclCommDestroy");

    private nint Function(string name) => NativeLibrary.GetExport(library, name);

    private void Check(int code, string function)
    {
        if (code == 0)
            return;
        var text = ((delegate* unmanaged<int, nint>)Function("ncclGetErrorString"))(code);
        throw new InvalidOperationException(
            $"{function} failed with code {code}: {Marshal.PtrToStringUTF8(text)}. NCCL_DEBUG=INFO in the environment makes NCCL say more.");
    }

    private static (NcclLibrary?, string?) Find()
    {
        string[] names = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? [given] : Known;
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, typeof(NcclLibrary).Assembly, null, out var library))
                if (NativeLibrary.TryGetExport(library, "ncclReduceScatter", out _))
                    return (new(library), null);
                else
                    NativeLibrary.Free(library);
        return (null, $"There is no NCCL library ({string.Join(", ", names)}): PyTorch's wheels for CUDA bring it, Debian's and NVIDIA's package is "
            + $"libnccl2; or name the library's file in {Variable}. Without it MPI alone sums the gradients of GPUs, through the CPU's memory.");
    }
}
