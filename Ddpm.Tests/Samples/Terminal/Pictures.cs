namespace Ddpm.Tests.Samples.Terminal;

/// <summary>Pictures for terminals, and their pixels.</summary>
internal static class Pictures
{
    /// <summary>Pixels of which nothing is like its neighbour.</summary>
    public static Picture Noise(int width, int height, int channels = 3, int seed = 1)
    {
        var pixels = new byte[channels * height * width];
        new Random(seed).NextBytes(pixels);
        return new(new(channels, height, width), pixels);
    }

    /// <summary>A smooth one, of thousands of colours.</summary>
    public static Picture Smooth(int width, int height) => Of(width, height, (x, y) =>
        (byte)(x * 255 / width) << 16 | (byte)(y * 255 / height) << 8 | (byte)((x + y) * 255 / (width + height)));

    /// <summary>A picture by its pixels.</summary>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    /// <param name="color">Of column and row; red, green and blue in three bytes.</param>
    public static Picture Of(int width, int height, Func<int, int, int> color)
    {
        var rows = new byte[3 * height * width];
        for (var i = 0; i < height * width; i++)
            if (color(i % width, i / width) is var rgb)
                (rows[3 * i], rows[3 * i + 1], rows[3 * i + 2]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        return Picture.FromInterleaved(new(3, height, width), rows);
    }

    /// <summary>Row after row: red, green and blue in three bytes.</summary>
    public static int[] Colors(this Picture picture) =>
        [.. picture.ToRgba().Chunk(4).Select(pixel => pixel[0] << 16 | pixel[1] << 8 | pixel[2])];

    /// <summary>Red, green and blue.</summary>
    public static int[] Channels(int color) => [color >> 16, color >> 8 & 255, color & 255];

    /// <summary>The squares of the distances of two colours.</summary>
    public static int SquaredDistance(int one, int other) =>
        Channels(one).Zip(Channels(other), (a, b) => (a - b) * (a - b)).Sum();
}
