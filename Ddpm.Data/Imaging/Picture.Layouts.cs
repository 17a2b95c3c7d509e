using Ddpm.Imaging;

namespace Ddpm;

/// <content>The layouts of other libraries: interleaved rows.</content>
public sealed partial class Picture
{
    /// <summary>Makes a picture of pixels whose channels lie beside each other.</summary>
    /// <param name="shape">C, H and W; C is 1 (gray) or 3.</param>
    /// <param name="rows">H rows of W pixels of C bytes: gray, or red, green, blue.</param>
    /// <exception cref="ArgumentException">C is neither 1 nor 3, the picture is too large, or the length does not agree.</exception>
    public static Picture FromInterleaved(ImageShape shape, ReadOnlySpan<byte> rows)
    {
        Check(shape);
        CheckLength(rows.Length, shape.Values, shape);
        var planes = new byte[rows.Length];
        var size = shape.Height * shape.Width;
        for (int i = 0, at = 0; i < size; i++)
            for (var channel = 0; channel < shape.Channels; channel++, at++)
                planes[channel * size + i] = rows[at];
        return new(shape, planes);
    }

    /// <summary>H rows of W pixels of C bytes: gray, or red, green, blue beside each other.</summary>
    public byte[] ToInterleaved()
    {
        var planes = Pixels.Span;
        var rows = new byte[planes.Length];
        var size = Height * Width;
        for (int i = 0, at = 0; i < size; i++)
            for (var channel = 0; channel < Channels; channel++, at++)
                rows[at] = planes[channel * size + i];
        return rows;
    }

    /// <summary>Makes a picture of pixels with transparency, which is laid on white, and turns the picture.</summary>
    /// <param name="width">W as the pixels lie, ≥ 1.</param>
    /// <param name="height">H as the pixels lie, ≥ 1.</param>
    /// <param name="rgba">H rows of W pixels of four bytes: red, green, blue, alpha (not premultiplied; 255 is opaque).</param>
    /// <param name="orientation">How to turn or mirror: EXIF's tag 0x0112, 1 to 8; 1 leaves the picture as it lies.</param>
    /// <returns>Three channels; with an orientation of 5 to 8, W and H are swapped.</returns>
    /// <exception cref="ArgumentException">The picture is too large, or the length does not agree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The orientation is none.</exception>
    public static Picture FromRgba(int width, int height, ReadOnlySpan<byte> rgba, int orientation = 1)
    {
        var shape = new ImageShape(3, height, width);
        Check(shape);
        CheckLength(rgba.Length, 4L * height * width, shape);
        ArgumentOutOfRangeException.ThrowIfLessThan(orientation, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(orientation, 8);
        return new RgbaImage(width, height, rgba, isGray: false, orientation).ToPicture();
    }

    /// <summary>H rows of W pixels of four bytes: red, green, blue, and 255 for opaque. Gray has three equal ones.</summary>
    public byte[] ToRgba()
    {
        var planes = Pixels.Span;
        var size = Height * Width;
        var rgba = new byte[4L * size];
        var (green, blue) = Channels == 1 ? (0, 0) : (size, 2 * size);
        for (var i = 0; i < size; i++)
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (planes[i], planes[green + i], planes[blue + i], 255);
        return rgba;
    }

    private static void CheckLength(int length, long expected, ImageShape shape)
    {
        if (length != expected)
            throw new ArgumentException($"The pixels of {shape} (C x H x W) must have {expected} bytes, but there are {length}.");
    }
}
