namespace Ddpm.Imaging;

/// <summary>The number of an image in a data set.</summary>
internal static class ImageIndex
{
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    internal static void Check(int index, int count)
    {
        if (index < 0 || index >= count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The index must be in 0..{count - 1}.");
    }
}
