namespace Ddpm.Imaging;

/// <summary>An image as a file holds it.</summary>
/// <param name="Width">Stored width.</param>
/// <param name="Height">Stored height.</param>
/// <param name="Values">Row by row, four bytes a pixel: red, green, blue, alpha (not premultiplied).</param>
/// <param name="IsGray">The file has one channel.</param>
/// <param name="Orientation">How to show it: EXIF's tag 0x0112, 1 to 8.</param>
internal sealed record RgbaImage(int Width, int Height, byte[] Values, bool IsGray, int Orientation)
{
    /// <summary>The image as it is to be seen, on white.</summary>
    internal Picture ToPicture()
    {
        // Orientations 5 to 8 swap the axes; the mirrors are those of the picture shown.
        var swap = Orientation >= 5;
        var mirrorX = Orientation is 2 or 3 or 6 or 7;
        var mirrorY = Orientation is 3 or 4 or 7 or 8;
        var shape = swap ? new ImageShape(IsGray ? 1 : 3, Width, Height) : new ImageShape(IsGray ? 1 : 3, Height, Width);
        var pixels = new byte[shape.Values];
        var plane = shape.Height * shape.Width;
        for (var y = 0; y < shape.Height; y++)
            for (var x = 0; x < shape.Width; x++)
            {
                var (u, v) = (mirrorX ? shape.Width - 1 - x : x, mirrorY ? shape.Height - 1 - y : y);
                var pixel = Values.AsSpan(4 * (swap ? u * Width + v : v * Width + u), 4);
                for (var c = 0; c < shape.Channels; c++)
                    pixels[c * plane + y * shape.Width + x] = OnWhite(pixel[c], pixel[3]);
            }
        return new(shape, pixels);
    }

    private static byte OnWhite(int value, int alpha) => (byte)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}
