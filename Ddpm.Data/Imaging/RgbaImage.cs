namespace Ddpm.Imaging;

/// <summary>An image as a file holds it, for as long as its memory lasts.</summary>
/// <param name="width">Stored width.</param>
/// <param name="height">Stored height.</param>
/// <param name="values">Row by row, four bytes a pixel: red, green, blue, alpha (not premultiplied).</param>
/// <param name="isGray">The file has one channel.</param>
/// <param name="orientation">How to show it: EXIF's tag 0x0112, 1 to 8.</param>
internal readonly ref struct RgbaImage(int width, int height, ReadOnlySpan<byte> values, bool isGray, int orientation)
{
    private readonly ReadOnlySpan<byte> values = values;

    // Orientations 5 to 8 swap the axes; the mirrors are those of the picture shown.
    private bool SwapsAxes => orientation >= 5;

    /// <summary>C, H and W as it is to be seen: one channel if the file has one, else three.</summary>
    internal ImageShape Shown => SwapsAxes ? new(isGray ? 1 : 3, width, height) : new(isGray ? 1 : 3, height, width);

    /// <summary>The image as it is to be seen, on white.</summary>
    internal Picture ToPicture()
    {
        var pixels = new byte[Shown.Values];
        CopyRows(0, Shown.Height, Shown.Channels, pixels);
        return new(Shown, pixels);
    }

    /// <summary>The image as it is to be seen, on white, brought to another shape: as a <see cref="Picture"/> would be, in less memory.</summary>
    internal void CopyTo(Span<byte> destination, ImageShape shape, ImageFit fit)
    {
        var shown = new ImageShape(shape.Channels, Shown.Height, Shown.Width);
        if ((long)shown.Height * shape.Width > Picture.MaximumPixels)
        {
            ToPicture().WithChannels(shape.Channels).Resize(shape.Width, shape.Height, fit).Pixels.Span.CopyTo(destination);
            return;
        }
        var resize = new StripResize(shown, shape, fit);
        while (resize.NextStrip(out var first, out var count) is { IsEmpty: false } strip)
        {
            CopyRows(first, count, shape.Channels, strip);
            resize.EndStrip();
        }
        resize.CopyTo(destination);
    }

    // Rows of the picture shown: as many planes of them as there are channels. Gray of colours is their luma.
    private void CopyRows(int first, int count, int channels, Span<byte> planes)
    {
        var mirrorX = orientation is 2 or 3 or 6 or 7;
        var mirrorY = orientation is 3 or 4 or 7 or 8;
        var (columns, plane) = (Shown.Width, count * Shown.Width);
        var step = (mirrorX ? -1 : 1) * (SwapsAxes ? width : 1);
        for (var row = 0; row < count; row++)
        {
            var y = mirrorY ? Shown.Height - 1 - (first + row) : first + row;
            var at = (SwapsAxes ? y : y * width) + (mirrorX ? (columns - 1) * -step : 0);
            for (var i = row * columns; i < (row + 1) * columns; i++, at += step)
            {
                var pixel = values.Slice(4 * at, 4);
                var (red, green, blue) = (OnWhite(pixel[0], pixel[3]), OnWhite(pixel[1], pixel[3]), OnWhite(pixel[2], pixel[3]));
                if (channels == 1)
                    planes[i] = isGray ? red : Picture.Luma(red, green, blue);
                else
                    (planes[i], planes[plane + i], planes[2 * plane + i]) = isGray ? (red, red, red) : (red, green, blue);
            }
        }
    }

    private static byte OnWhite(byte value, byte alpha) => alpha == 255 ? value : (byte)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}
