namespace Ddpm.Imaging;

/// <summary>Memory for the images of a data set, in arrays of whole images: together they may hold more than one array can.</summary>
internal sealed class PixelBlocks
{
    private const long UsualBytes = 1 << 26;
    private readonly int size, each;
    private readonly byte[][] blocks;

    /// <summary>Takes the memory. What it holds is not defined until it is written.</summary>
    /// <param name="shape">C, H, W of every image, at most 2^31 values.</param>
    /// <param name="count">Images, ≥ 0.</param>
    /// <param name="blockBytes">What an array holds at most, if that is one image or more.</param>
    internal PixelBlocks(ImageShape shape, int count, long blockBytes = UsualBytes)
    {
        (size, each) = (checked((int)shape.Values), (int)Math.Clamp(blockBytes / shape.Values, 1, int.MaxValue));
        blocks = new byte[(int)(((long)count + each - 1) / each)][];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = GC.AllocateUninitializedArray<byte>(Math.Min(each, count - i * each) * size);
    }

    /// <summary>The arrays, for <see cref="ImageDataset"/>.</summary>
    internal IReadOnlyList<byte[]> Blocks => blocks;

    /// <summary>The place of one image.</summary>
    internal Memory<byte> this[int index] => blocks[index / each].AsMemory(index % each * size, size);

    /// <summary>The bytes of memory that this process may have, where so many images take more; null: they do not.</summary>
    internal static long? MemoryThatLacks(ImageShape shape, int count) =>
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var most && count > most / shape.Values ? most : null;
}
