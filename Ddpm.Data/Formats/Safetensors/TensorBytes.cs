using static TorchSharp.torch;

namespace Ddpm;

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
}
