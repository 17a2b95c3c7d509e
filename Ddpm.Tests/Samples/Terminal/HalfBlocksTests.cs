using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>What a terminal shows of the text is the picture.</summary>
public class HalfBlocksTests
{
    private static readonly (int Width, int Height)[] Sizes = [(1, 1), (1, 2), (2, 1), (5, 7), (16, 16), (79, 33)];

    [Test]
    public void Encode_OfAPicture_ShowsEveryPixel([ValueSource(nameof(Sizes))] (int Width, int Height) size, [Values(1, 3)] int channels)
    {
        var picture = Pictures.Noise(size.Width, size.Height, channels);
        var rows = HalfBlocksReader.Read(HalfBlocks.Encode(picture, isTrueColor: true));
        Assert.That(rows, Has.Length.EqualTo((size.Height + 1) / 2 * 2).And.All.Length.EqualTo(size.Width));
        Assert.That(rows[..size.Height].SelectMany(row => row), Is.EqualTo(picture.Colors()));
        Assert.That(rows[size.Height..].SelectMany(row => row), Is.All.Null, "below an odd height the terminal's own background shows");
    }

    [Test]
    public void Encode_In256Colors_ShowsTheNearestOfEachPixel([ValueSource(nameof(Sizes))] (int Width, int Height) size)
    {
        var picture = Pictures.Noise(size.Width, size.Height);
        var rows = HalfBlocksReader.Read(HalfBlocks.Encode(picture, isTrueColor: false));
        Assert.That(rows[..size.Height].SelectMany(row => row), Is.EqualTo(picture.Colors().Select(color =>
        {
            var rgb = Pictures.Channels(color);
            var (red, green, blue) = XtermColors.Of(XtermColors.Nearest(rgb[0], rgb[1], rgb[2]));
            return red << 16 | green << 8 | blue;
        })));
    }

    [Test]
    public void Encode_OfOneColor_SaysItOnceALine() => Assert.That(
        HalfBlocks.Encode(Pictures.Of(4, 3, (_, _) => 0x0A6400), isTrueColor: true),
        Is.EqualTo("\e[38;2;10;100;0m\e[48;2;10;100;0m▀▀▀▀\e[0m\n\e[38;2;10;100;0m▀▀▀▀\e[0m\n"));

    [Test]
    public void Encode_OfTransparency_ShowsItOnWhite()
    {
        var picture = Picture.FromRgba(2, 1, [255, 0, 0, 0, 255, 0, 0, 255]);
        Assert.That(HalfBlocksReader.Read(HalfBlocks.Encode(picture, isTrueColor: true))[0], Is.EqualTo(new[] { 0xFFFFFF, 0xFF0000 }));
    }

    [Test]
    public void Encode_NeedsNoMoreThan39CharactersAPixelPair() => Assert.That(
        HalfBlocks.Encode(Pictures.Noise(100, 100), isTrueColor: true), Has.Length.LessThanOrEqualTo(50 * (100 * 39 + "\e[0m\n".Length)));
}
