namespace Ddpm;

/// <summary>The extent of one image: C, H and W of a tensor [N, C, H, W].</summary>
public readonly record struct ImageShape
{
    /// <summary>Makes a shape.</summary>
    /// <param name="channels">C: 1 for gray, 3 for red, green, blue; any number ≥ 1.</param>
    /// <param name="height">H in pixels, ≥ 1.</param>
    /// <param name="width">W in pixels, ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below 1.</exception>
    public ImageShape(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Channels, Height, Width) = (channels, height, width);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H in pixels.</summary>
    public int Height { get; }

    /// <summary>W in pixels.</summary>
    public int Width { get; }

    /// <summary>Values per image: C · H · W.</summary>
    public long Values => (long)Channels * Height * Width;

    /// <summary>[<paramref name="count"/>, C, H, W].</summary>
    public long[] Batch(long count) => [count, Channels, Height, Width];

    /// <summary>For example "3 x 32 x 32" (C x H x W).</summary>
    public override string ToString() => $"{Channels} x {Height} x {Width}";
}
