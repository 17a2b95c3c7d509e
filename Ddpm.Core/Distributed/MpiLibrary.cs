using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>The MPI library of the machine, Open MPI or MPICH as its symbols say: found at run time, so that no package depends on one.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Names the library's file, where it is not among those that are looked for.</summary>
    internal const string Variable = "DDPM_MPI_LIBRARY";

    private const string Packages = "install Open MPI (Debian, Ubuntu: openmpi-bin and libopenmpi3) or MPICH (mpich), "
        + $"or name the library's file in {Variable}";

    private const int ResolveNow = 2, Serialized = 2, Multiple = 3;

    private static readonly Lazy<(MpiLibrary? Library, string? WhyNot)> Found = new(Find);

    private readonly nint library;
    private readonly MpiHandles handles;

    private readonly SignalHandlers signals;

    private MpiLibrary(nint library, MpiHandles handles, SignalHandlers signals) =>
        (this.library, this.handles, this.signals) = (library, handles, signals);

    /// <summary>The library, if there is one; else why not, in a sentence that names the packages.</summary>
    internal static (MpiLibrary? Library, string? WhyNot) Get() => Found.Value;

    /// <summary>Joins the other processes; it may be called once in a process. They wait for each other.</summary>
    /// <param name="severalThreads">Whether several threads are to call the library at once.</param>
    /// <returns>Which process this is, of how many, and whether several threads may.</returns>
    internal (int Rank, int Size, bool SeveralThreads) Begin(bool severalThreads)
    {
        int provided, rank, size;
        Check(((delegate* unmanaged<nint, nint, int, int*, int>)Function("MPI_Init_thread"))(
            0, 0, severalThreads ? Multiple : Serialized, &provided), "MPI_Init_thread");
        signals.Restore();
        if (provided < Serialized)
            throw new NotSupportedException($"The MPI library must let any one thread call it, but lets only the first (level {provided}).");
        Check(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_rank"))(handles.World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_size"))(handles.World, &size), "MPI_Comm_size");
        return (rank, size, severalThreads && provided >= Multiple);
    }

    /// <summary>A way for small messages; all processes ask for one together.</summary>
    /// <param name="length">The numbers of a message.</param>
    internal MpiMessages OpenMessages(int length) => new(handles, Function, length);

    /// <summary>Adds up slices: each process gets the sum of its own one.</summary>
    internal void ReduceScatter(void* values, void* slice, int[] counts, bool areDoubles)
    {
        fixed (int* all = counts)
            Check(((delegate* unmanaged<void*, void*, int*, nint, nint, nint, int>)Function("MPI_Reduce_scatter"))(
                values, slice, all, TypeOf(areDoubles), handles.Sum, handles.World), "MPI_Reduce_scatter");
    }

    /// <summary>Puts all processes' slices together.</summary>
    internal void AllGather(void* slice, int count, void* values, int[] counts, int[] firsts, bool areDoubles)
    {
        var type = TypeOf(areDoubles);
        fixed (int* all = counts, places = firsts)
            Check(((delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)Function("MPI_Allgatherv"))(
                slice, count, type, values, all, places, type, handles.World), "MPI_Allgatherv");
    }

    /// <summary>Sends process 0's bytes to all.</summary>
    internal void Broadcast(void* bytes, int count) => Check(
        ((delegate* unmanaged<void*, int, nint, int, nint, int>)Function("MPI_Bcast"))(bytes, count, handles.Byte, 0, handles.World), "MPI_Bcast");

    /// <summary>Waits for all.</summary>
    internal void Barrier() => Check(((delegate* unmanaged<nint, int>)Function("MPI_Barrier"))(handles.World), "MPI_Barrier");

    /// <summary>Ends all processes, this one too.</summary>
    internal void Abort(int code) => Check(((delegate* unmanaged<nint, int, int>)Function("MPI_Abort"))(handles.World, code), "MPI_Abort");

    /// <summary>Leaves, once all do.</summary>
    internal void End() => Check(((delegate* unmanaged<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    private nint TypeOf(bool areDoubles) => areDoubles ? handles.Double : handles.Float;

    private nint Function(string name) => NativeLibrary.GetExport(library, name);

    // By default MPI ends the job itself where something fails.
    internal static void Check(int code, string function)
    {
        if (code != 0)
            throw new InvalidOperationException($"{function} failed with code {code}.");
    }

    private static (MpiLibrary?, string?) Find()
    {
        var program = NativeLibrary.GetMainProgramHandle();
        if (!NativeLibrary.TryGetExport(program, "dlopen", out var open))
            return (null, "Training by several processes needs Linux or macOS, whose MPI libraries have an interface that is known here.");
        var signals = SignalHandlers.Of(program);
        // Open MPI's own plug-ins look for the library's symbols among those of the whole process.
        var global = OperatingSystem.IsMacOS() ? 8 : 0x100;
        foreach (var name in Names())
        {
            var text = Marshal.StringToCoTaskMemUTF8(name);
            var library = ((delegate* unmanaged<nint, int, nint>)open)(text, ResolveNow | global);
            Marshal.FreeCoTaskMem(text);
            if (library == 0)
                continue;
            if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _))
                return (new(library, MpiHandles.OpenMpi(symbol => NativeLibrary.GetExport(library, symbol)), signals), null);
            if (NativeLibrary.TryGetExport(library, "MPIR_Err_return_comm", out _))
                return (new(library, MpiHandles.Mpich, signals), null);
        }
        return (null, $"There is no MPI library that is known here ({string.Join(", ", Names())}): {Packages}.");
    }

    // That whose mpirun has started this process comes first.
    private static string[] Names()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return [given];
        string[] open = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib"] : ["libmpi.so.40"];
        string[] mpich = OperatingSystem.IsMacOS() ? ["libmpi.12.dylib"] : ["libmpich.so.12", "libmpi.so.12"];
        var isMpich = Environment.GetEnvironmentVariable("PMI_RANK") is not null
            && Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") is null;
        return isMpich ? [.. mpich, .. open] : [.. open, .. mpich];
    }
}
