using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>What a terminal shows of sixel graphics is the picture: to one 255th where it has few colours, and otherwise nearly.</summary>
public class SixelTests
{
    [Test]
    public void Encode_OfFewColors_ShowsEveryPixelToOne255th([Values(1, 2, 17)] int width, [Values(1, 5, 6, 7, 12, 13)] int height)
    {
        var picture = Pictures.Noise(width, height);
        var shown = new SixelReader(Sixel.Encode(picture));
        Assert.That((shown.Width, shown.Pixels.Length), Is.EqualTo((width, width * height)));
        Assert.That(LargestDifference(picture, shown), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Encode_OfEveryGray_ShowsEachToOne255th()
    {
        var picture = new Picture(new(1, 16, 16), [.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        var shown = new SixelReader(Sixel.Encode(picture));
        Assert.That(shown.Colors, Is.EqualTo(101));
        Assert.That(LargestDifference(picture, shown), Is.LessThanOrEqualTo(1));
    }

    // Measured were 4.25 and 12.28, and with a palette of 8 x 8 x 4 levels 12.96 and 13.07.
    [TestCase("smooth", 4.5)]
    [TestCase("noise", 12.5)]
    public void Encode_OfManyColors_Has256ThatAreNear(string kind, double bound)
    {
        var picture = kind == "smooth" ? Pictures.Smooth(200, 150) : Pictures.Noise(200, 150);
        var shown = new SixelReader(Sixel.Encode(picture));
        Assert.That(shown.Pixels, Has.None.Null);
        Assert.That(shown.Colors, Is.InRange(250, 256));
        var error = RootMeanSquare(picture, shown);
        var uniform = RootMeanSquare(picture, color => Pictures.Channels(color) is var c
            ? Level(c[0], 8) << 16 | Level(c[1], 8) << 8 | Level(c[2], 4) : 0);
        Assert.That(error, Is.LessThan(Math.Min(bound, uniform)));

        static int Level(int value, int levels) => (int)((value * levels / 256 + 0.5) * 255 / levels);
    }

    [Test]
    public void Palette_OfManyColors_GivesEachPixelTheNearest()
    {
        int[] colors = [.. Pictures.Noise(64, 64).Colors()];
        var palette = new SixelPalette(colors);
        foreach (var color in colors)
            Assert.That(Pictures.SquaredDistance(color, palette.Colors[palette.IndexOf(color)]),
                Is.EqualTo(palette.Colors.Min(other => Pictures.SquaredDistance(color, other))));
    }

    [TestCase(256, 256)]
    [TestCase(257, 256)]
    public void Palette_OfSoManyColors_HasAsManyAsThereMayBe(int colors, int most)
    {
        int[] pixels = [.. Enumerable.Range(0, colors).Select(i => i * 1009 % 65536)];
        var palette = new SixelPalette(pixels);
        Assert.That(palette.Colors, Has.Count.EqualTo(most));
        if (colors == most)
            Assert.That(pixels.Select(color => palette.Colors[palette.IndexOf(color)]), Is.EqualTo(pixels));
    }

    // Two colours apart from a thousand near each other have palette entries of their own.
    [Test]
    public void Palette_OfRareColorsFarAway_KeepsThem()
    {
        int[] pixels = [.. Enumerable.Range(0, 1000).Select(i => 0x323200 + i % 10 * 0x10000 + i / 10 % 10 * 0x100 + i / 100), 0x640000, 0x000064];
        var palette = new SixelPalette(pixels);
        Assert.That(palette.Colors[palette.IndexOf(0x640000)], Is.EqualTo(0x640000));
        Assert.That(palette.Colors[palette.IndexOf(0x000064)], Is.EqualTo(0x000064));
    }

    [Test]
    public void Encode_OfOneColor_SaysItAsARun() => Assert.That(
        Sixel.Encode(Pictures.Of(1000, 7, (_, _) => 0xFF0000)),
        Is.EqualTo("\eP0;1;0q\"1;1;1000;7#0;2;100;0;0#0!1000~-#0!1000@\e\\"));

    private static int LargestDifference(Picture picture, SixelReader shown) => picture.Colors().Zip(shown.Pixels, (color, seen) =>
        Pictures.Channels(color).Zip(Pictures.Channels(seen!.Value), (a, b) => Math.Abs(a - (int)Math.Round(b * 2.55))).Max()).Max();

    private static double RootMeanSquare(Picture picture, Func<int, int> instead) => RootMeanSquare(
        picture, picture.Colors().Select(color => Pictures.Channels(instead(color)).Select(value => (double)value)));

    // Hundredths.
    private static double RootMeanSquare(Picture picture, SixelReader shown) => RootMeanSquare(
        picture, shown.Pixels.Select(color => Pictures.Channels(color!.Value).Select(value => value * 2.55)));

    private static double RootMeanSquare(Picture picture, IEnumerable<IEnumerable<double>> shown) => Math.Sqrt(
        picture.Colors().Zip(shown, (color, seen) => Pictures.Channels(color).Zip(seen, (a, b) => (a - b) * (a - b)).Average()).Average());
}
