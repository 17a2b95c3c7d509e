using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>Copies tensors out of their storages. The checksum of a storage is checked when it is first read.</summary>
internal sealed class PytorchTensorReader(RandomAccessFile file, bool bigEndian)
{
    private const int Piece = 1 << 18;    // bytes that are still in the cache when they are looked at again

    internal Tensor Read(PytorchTensor source)
    {
        if (source.IsDense)
            return Values(source, source.Sizes, source.Count);
        // A size of one may have any stride, and there may be many of them: leave them out.
        var kept = Enumerable.Range(0, source.Sizes.Length).Where(i => source.Sizes[i] != 1).ToList();
        using var scope = NewDisposeScope();
        return Values(source, [source.Span], source.Span)
            .as_strided([.. kept.Select(i => source.Sizes[i])], [.. kept.Select(i => source.Strides[i])])
            .contiguous()
            .view(source.Sizes)
            .MoveToOuterDisposeScope();
    }

    // The values from the tensor's first on, as many as the shape holds. Where that is all of the storage, one pass reads and checks it.
    private Tensor Values(PytorchTensor source, long[] shape, long count)
    {
        var (storage, size) = (source.Storage, source.Type.Size);
        var (start, length) = (storage.Offset + source.Offset * size, count * size);
        if (length == 0 || length < storage.Bytes)
            CheckAlone(storage);
        var crc = new Crc32();
        var expected = storage.UncheckedCrc;
        var tensor = TensorBytes.New(shape, source.Type.Scalar!.Value, (offset, bytes) =>
        {
            for (var at = start + offset; !bytes.IsEmpty;)
            {
                var part = bytes[..Math.Min(Piece, bytes.Length)];
                file.Read(at, part);
                if (expected is not null)
                    crc.Append(part);
                TensorBytes.CheckTruth(file.Path, at, source.Type.Scalar, part);
                if (bigEndian)
                    Reverse(part, size);
                at += part.Length;
                bytes = bytes[part.Length..];
                if (expected is { } sum && at == start + length)
                    Checksum.Expect(crc.GetCurrentHashAsUInt32(), sum, file, start);
            }
        });
        storage.UncheckedCrc = null;
        return tensor;
    }

    private void CheckAlone(PytorchStorage storage)
    {
        if (storage.UncheckedCrc is { } expected)
            Checksum.Check(file, storage.Offset, storage.Bytes, expected);
        storage.UncheckedCrc = null;
    }

    private static void Reverse(Span<byte> bytes, int size)
    {
        var twos = MemoryMarshal.Cast<byte, ushort>(bytes);
        var fours = MemoryMarshal.Cast<byte, uint>(bytes);
        var eights = MemoryMarshal.Cast<byte, ulong>(bytes);
        switch (size)
        {
            case 2: BinaryPrimitives.ReverseEndianness(twos, twos); break;
            case 4: BinaryPrimitives.ReverseEndianness(fours, fours); break;
            case 8: BinaryPrimitives.ReverseEndianness(eights, eights); break;
        }
    }
}
