using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>The bytes of a tensor, in pieces: one span cannot hold 2 GiB.</summary>
internal static class TensorBytes
{
    private const long Piece = 1 << 24;    // values

    internal delegate void PieceAction(long offset, Span<byte> bytes);

    /// <summary>Passes the bytes of a contiguous tensor on the CPU, in order, to be read or written.</summary>
    internal static void Visit(Tensor dense, PieceAction action)
    {
        if (dense.numel() == 0)
            return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var values = dense.view(-1);
        for (long at = 0, count = values.numel(), size = values.element_size(); at < count; at += Piece)
        {
            using var piece = values.narrow(0, at, Math.Min(Piece, count - at));
            action(at * size, piece.bytes);
            GC.KeepAlive(piece);
        }
    }

    /// <summary>A tensor on the CPU, its bytes written by <paramref name="fill"/>.</summary>
    internal static Tensor New(IEnumerable<long> shape, ScalarType type, PieceAction fill)
    {
        var tensor = empty([.. shape], type, CPU);
        try
        {
            Visit(tensor, fill);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Refuses truth values other than 0 and 1, which would mean different things to different operations.</summary>
    internal static void CheckTruth(string file, long offset, ScalarType? type, ReadOnlySpan<byte> bytes)
    {
        if (type == ScalarType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
            throw new DataFormatException(file, offset + wrong, $"a truth value must be 0 or 1, but is {bytes[wrong]}");
    }
}
