using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>Turns an array whose first index runs fastest into one whose last index does.</summary>
internal static class RowsFirst
{
    internal static byte[] Of(ArrayForm form, byte[] columnsFirst)
    {
        // Neither order matters where only one axis has more than one value.
        if (columnsFirst.Length == 0 || form.Sizes.Count(size => size > 1) < 2)
            return columnsFirst;
        var rowsFirst = new byte[columnsFirst.Length];
        switch (form.ValueBytes)
        {
            case 1: Turn<byte>(form.Sizes, columnsFirst, rowsFirst); break;
            case 2: Turn<ushort>(form.Sizes, columnsFirst, rowsFirst); break;
            case 4: Turn<uint>(form.Sizes, columnsFirst, rowsFirst); break;
            default: Turn<ulong>(form.Sizes, columnsFirst, rowsFirst); break;
        }
        return rowsFirst;
    }

    private static void Turn<T>(IReadOnlyList<long> sizes, byte[] from, byte[] to) where T : struct
    {
        var source = MemoryMarshal.Cast<byte, T>(from.AsSpan());
        var target = MemoryMarshal.Cast<byte, T>(to.AsSpan());
        var (indices, steps) = (new int[sizes.Count], new int[sizes.Count]);
        for (var (axis, step) = (0, 1); axis < sizes.Count; step *= (int)sizes[axis++])
            steps[axis] = step;
        var at = 0;
        foreach (ref var value in target)
        {
            value = source[at];
            // Counting up: an axis that is through goes back to its start, and the one before it moves on.
            for (var axis = sizes.Count - 1; axis >= 0; axis--)
            {
                at += steps[axis];
                if (++indices[axis] < sizes[axis])
                    break;
                at -= steps[axis] * indices[axis];
                indices[axis] = 0;
            }
        }
    }
}
