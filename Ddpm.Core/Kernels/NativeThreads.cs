using System.Runtime.InteropServices;

namespace Ddpm.Kernels;

/// <summary>
/// Runs a loop on libtorch's own threads: others beside them would fight for the cores, as its threads spin for a while before they sleep.
/// </summary>
internal static unsafe class NativeThreads
{
    private const string Library = "torch_cpu";

    private static readonly Lazy<bool> IsThere = new(() =>
        NativeLibrary.TryLoad(Library, typeof(NativeThreads).Assembly, Libtorch.Places, out var library)
        && NativeLibrary.TryGetExport(library, "torch_parallel_for", out _));

    /// <summary>Whether this libtorch lends its threads; it came with version 2.10.</summary>
    internal static bool AreLent => IsThere.Value;

    /// <summary>Calls a body for parts of 0 to <paramref name="count"/>, on as many threads as there are. It must not throw.</summary>
    internal static void For<T>(long count, T* work, delegate*<T*, long, long, void> body)
        where T : unmanaged
    {
        var job = new Job { Work = work, Body = (delegate*<void*, long, long, void>)body };
        if (count == 1)
            body(work, 0, 1);
        else if (ParallelFor(0, count, 1, &Invoke, &job) is var code and not 0)
            throw new InvalidOperationException($"libtorch must run a loop on its threads, but it answers {code}.");
    }

    [UnmanagedCallersOnly]
    private static void Invoke(long begin, long end, void* context)
    {
        var job = (Job*)context;
        job->Body(job->Work, begin, end);
    }

    [DllImport(Library, EntryPoint = "torch_parallel_for"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int ParallelFor(long begin, long end, long grain, delegate* unmanaged<long, long, void*, void> body, void* context);

    private struct Job
    {
        internal void* Work;
        internal delegate*<void*, long, long, void> Body;
    }
}
