using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>The elements of level 5, read forward, from the file or from a compressed element; nothing is read past a given end.</summary>
internal abstract class MatInput(string file, bool bigEndian)
{
    internal bool BigEndian => bigEndian;

    /// <summary>Bytes passed, from the start of the file or of what is inflated.</summary>
    internal long Position { get; private protected set; }

    /// <summary>Where to say that a fault lies.</summary>
    private protected virtual long Place => Position;

    internal DataFormatException Refuse(string rule, Exception? inner = null) => new(file, Place, rule, inner);

    internal void Read(Span<byte> destination)
    {
        try
        {
            Fill(destination);
        }
        catch (EndOfStreamException error)
        {
            throw Refuse("the data must not end early", error);
        }
        Position += destination.Length;
    }

    internal abstract void Skip(long bytes);

    private protected abstract void Fill(Span<byte> destination);

    /// <summary>Reads what precedes the next element and checks that the element ends where its parent does, at the latest.</summary>
    internal MatTag ReadTag(long end)
    {
        if (end - Position < 8)
            throw Refuse($"an element needs 8 bytes or more, but {end - Position} are left");
        Span<byte> word = stackalloc byte[4];
        Read(word);
        var first = Number(word);
        if (first >> 16 is > 0 and var count)
        {
            if (count > 4 || (first & 0xFFFF) is MatTag.Matrix or MatTag.Compressed)
                throw Refuse($"a small element holds 1 to 4 bytes and no matrix, but this holds {count} of type {first & 0xFFFF}");
            return new MatTag(first & 0xFFFF, count, 4 - (int)count);
        }
        Read(word);
        var length = Number(word);
        var padding = first is MatTag.Matrix or MatTag.Compressed ? 0 : (int)(-length & 7);
        if (length + padding > end - Position)
            throw Refuse($"an element of type {first} needs {length} bytes and {padding} of padding, but {end - Position} are left");
        return new MatTag(first, length, padding);
    }

    /// <summary>Reads an element's data, in this machine's byte order, and passes its padding.</summary>
    /// <param name="tag">What preceded it.</param>
    /// <param name="size">Bytes of a value; as large as <typeparamref name="T"/>, unless that is byte.</param>
    /// <param name="limits">What the data is charged to.</param>
    internal T[] ReadData<T>(MatTag tag, int size, MatLimits limits) where T : unmanaged
    {
        CheckLength(tag, size, limits);
        var data = new T[tag.Length / Unsafe.SizeOf<T>()];
        ReadData(tag, size, MemoryMarshal.AsBytes(data.AsSpan()));
        return data;
    }

    /// <summary>Reads an element's numbers into an array that the limits give, which may be longer.</summary>
    internal ReadOnlyMemory<byte> ReadNumbers(MatTag tag, int size, MatLimits limits)
    {
        CheckLength(tag, size, limits);
        var data = limits.NewBytes((int)tag.Length).AsMemory(0, (int)tag.Length);
        ReadData(tag, size, data.Span);
        return data;
    }

    private void CheckLength(MatTag tag, int size, MatLimits limits)
    {
        if (tag.Length % size != 0 || tag.Length > Array.MaxLength)
            throw Refuse($"an element of type {tag.Type} must hold whole values, and at most {Array.MaxLength} bytes, but holds {tag.Length}");
        limits.Allocate(this, tag.Length);
    }

    private void ReadData(MatTag tag, int size, Span<byte> bytes)
    {
        Read(bytes);
        if (tag.Padding > 0)
            Skip(tag.Padding);
        if (bigEndian == BitConverter.IsLittleEndian)
            Reverse(bytes, size);
    }

    private uint Number(ReadOnlySpan<byte> word) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(word) : BinaryPrimitives.ReadUInt32LittleEndian(word);

    private static void Reverse(Span<byte> bytes, int size)
    {
        for (var at = 0; size > 1 && at < bytes.Length; at += size)
            bytes.Slice(at, size).Reverse();
    }
}
