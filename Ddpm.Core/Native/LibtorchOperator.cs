using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Calls an operator that TorchSharp does not have by its name, through the stable C interface of libtorch (aoti_torch), which every platform's
/// library exports. What is made here for a call is used up by it.
/// </summary>
internal static unsafe class LibtorchOperator
{
    private const string Library = Libtorch.Library;

    private static readonly Lazy<bool> IsThere = new(() =>
        NativeLibrary.TryLoad(Library, typeof(LibtorchOperator).Assembly, Libtorch.Places, out var library)
        && NativeLibrary.TryGetExport(library, "aoti_torch_call_dispatcher", out _)
        && NativeLibrary.TryGetExport(library, "torch_new_list_reserve_size", out _));

    /// <summary>Whether this libtorch has the interface; it came with version 2.9.</summary>
    internal static bool AreCallable => IsThere.Value;

    /// <summary>Calls an operator, of several of a name that without a suffix, whose results, if it has any, are among its arguments.</summary>
    /// <param name="name">With its namespace, as a literal of bytes, which ends with a 0.</param>
    /// <param name="arguments">All of them, in the schema's order.</param>
    /// <exception cref="InvalidOperationException">It failed; libtorch has written why to the error output.</exception>
    internal static void Call(ReadOnlySpan<byte> name, Span<ulong> arguments)
    {
        fixed (byte* operation = name, overload = "\0"u8)
        fixed (ulong* stack = arguments)
            Check(CallDispatcher(operation, overload, stack), Encoding.UTF8.GetString(name));
    }

    internal static ulong List(params ReadOnlySpan<Tensor> tensors)
    {
        Check(NewList((nuint)tensors.Length, out var list), nameof(List));
        foreach (var tensor in tensors)
            Check(PushBack(list, One(tensor)), nameof(List));
        return (ulong)list;
    }

    internal static ulong One(Tensor tensor)
    {
        Check(NewHandle(tensor.Handle, out var handle), nameof(One));
        GC.KeepAlive(tensor);
        return (ulong)handle;
    }

    internal static ulong Number(double value) => BitConverter.DoubleToUInt64Bits(value);

    internal static ulong Flag(bool value) => value ? 1u : 0;

    // An optional value is a cell on the heap, which the call frees.
    internal static ulong Optional(Tensor tensor)
    {
        var cell = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *cell = One(tensor);
        return (ulong)cell;
    }

    /// <summary>Where a tensor's first value lies in the memory of its device. The tensor must live as long as this is used.</summary>
    internal static void* Memory(Tensor tensor)
    {
        Check(GetDataPointer(tensor.Handle, out var first), nameof(Memory));
        return first;
    }

    /// <summary>result = first · second, matrix by matrix, [B, M, N] = [B, M, K] · [B, K, N]; or that is added to it.</summary>
    internal static void MultiplyMatrices(Tensor result, Tensor first, Tensor second, bool add = false)
    {
        Check(MultiplyAndAdd(result.Handle, result.Handle, first.Handle, second.Handle, add ? 1 : 0, 1), nameof(MultiplyMatrices));
        GC.KeepAlive((result, first, second));
    }

    private static void Check(int code, string what)
    {
        if (code != 0)
            throw new InvalidOperationException($"libtorch must be able to call {what}, but it failed; its error output says why.");
    }

    [DllImport(Library, EntryPoint = "aoti_torch_call_dispatcher"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int CallDispatcher(byte* name, byte* overload, ulong* stack);

    [DllImport(Library, EntryPoint = "aoti_torch_new_tensor_handle"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int NewHandle(nint tensor, out nint handle);

    [DllImport(Library, EntryPoint = "torch_new_list_reserve_size"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int NewList(nuint count, out nint list);

    [DllImport(Library, EntryPoint = "torch_list_push_back"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int PushBack(nint list, ulong value);

    [DllImport(Library, EntryPoint = "aoti_torch_get_data_ptr"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int GetDataPointer(nint tensor, out void* first);

    [DllImport(Library, EntryPoint = "aoti_torch_cpu_baddbmm_out"), DefaultDllImportSearchPaths(Libtorch.Places)]
    private static extern int MultiplyAndAdd(nint result, nint added, nint first, nint second, double beta, double alpha);
}
