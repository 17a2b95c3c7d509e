namespace Ddpm.Formats;

/// <summary>A view of a storage. Offset and strides count values; whatever the sizes and strides, all of it lies in the storage.</summary>
internal sealed record PytorchTensor(PytorchStorage Storage, PytorchType Type, long Offset, long[] Sizes, long[] Strides, long Count)
{
    /// <summary>The bytes of its values, each counted as often as it occurs.</summary>
    internal long Bytes => checked(Count * Type.Size);

    /// <summary>The values from its first to its last, those between included.</summary>
    internal long Span
    {
        get
        {
            long last = 0;
            for (var i = 0; i < Sizes.Length; i++)
                last += (Sizes[i] - 1) * Strides[i];
            return Count == 0 ? 0 : last + 1;
        }
    }

    /// <summary>Whether its values lie one after another, rows first.</summary>
    internal bool IsDense
    {
        get
        {
            long step = 1;
            for (var i = Sizes.Length - 1; i >= 0; step *= Sizes[i--])
                if (Sizes[i] != 1 && Strides[i] != step)
                    return Count == 0;
            return true;
        }
    }
}
