namespace Ddpm;

/// <summary>One file of CIFAR images, checked as far as its length goes, not yet read.</summary>
internal interface ICifarBatch
{
    /// <summary>How many images there are.</summary>
    int Images { get; }

    /// <summary>Reads the images into their places, each as planes of rows, and their labels.</summary>
    /// <param name="pixels">Images x 3072 bytes.</param>
    /// <param name="labels">Images classes.</param>
    /// <param name="buffer">What the pixels are decompressed into; made longer where it is too short, for the next batch to use again.</param>
    void Read(Span<byte> pixels, Span<int> labels, ref byte[] buffer);
}
