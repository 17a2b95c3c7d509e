namespace Ddpm.Samples;

/// <summary>
/// The colours 16 to 255 of xterm's table, which all terminals of 256 colours have: a cube of 6 x 6 x 6 and 24 grays. The first 16 differ.
/// </summary>
internal static class XtermColors
{
    private const int Cube = 16, Grays = 232;

    /// <summary>Red, green and blue of a colour.</summary>
    /// <param name="index">16 to 255.</param>
    public static (int Red, int Green, int Blue) Of(int index) => index >= Grays
        ? (Gray(index - Grays), Gray(index - Grays), Gray(index - Grays))
        : (Level((index - Cube) / 36), Level((index - Cube) / 6 % 6), Level((index - Cube) % 6));

    /// <summary>The colour that is least away in the squares of red, green and blue; of a cube's and a gray as near, the cube's.</summary>
    public static int Nearest(int red, int green, int blue)
    {
        var cube = Cube + 36 * Step(red) + 6 * Step(green) + Step(blue);
        // Of grays, the one nearest to the mean.
        var gray = Grays + Math.Clamp((red + green + blue - 9) / 30, 0, 23);
        return Distance(gray) < Distance(cube) ? gray : cube;

        int Distance(int index)
        {
            var (r, g, b) = Of(index);
            return (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue);
        }
    }

    private static int Level(int step) => step == 0 ? 0 : 55 + 40 * step;

    private static int Gray(int step) => 8 + 10 * step;

    private static int Step(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}
