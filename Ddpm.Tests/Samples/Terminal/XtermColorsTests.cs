using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

public class XtermColorsTests
{
    // xterm's 256colres.h.
    [TestCase(16, 0, 0, 0)]
    [TestCase(21, 0, 0, 255)]
    [TestCase(67, 95, 135, 175)]
    [TestCase(196, 255, 0, 0)]
    [TestCase(208, 255, 135, 0)]
    [TestCase(231, 255, 255, 255)]
    [TestCase(232, 8, 8, 8)]
    [TestCase(255, 238, 238, 238)]
    public void Of_AnIndex_IsXtermsColor(int index, int red, int green, int blue) =>
        Assert.That(XtermColors.Of(index), Is.EqualTo((red, green, blue)));

    // Every eleventh value of a channel, beginning with each of eleven: all differences to the levels are there.
    [Test]
    public void Nearest_OfAnyColor_IsTheNearestOfAll([Range(0, 10)] int first)
    {
        int[] table = [.. Enumerable.Range(16, 240).Select(index => XtermColors.Of(index) is var (r, g, b) ? r << 16 | g << 8 | b : 0)];
        for (var red = first; red < 256; red += 11)
            for (var green = (first * 3) % 11; green < 256; green += 11)
                for (var blue = (first * 7) % 11; blue < 256; blue += 11)
                {
                    var least = int.MaxValue;
                    foreach (var color in table)
                    {
                        var (dr, dg, db) = ((color >> 16) - red, (color >> 8 & 255) - green, (color & 255) - blue);
                        least = Math.Min(least, dr * dr + dg * dg + db * db);
                    }
                    var (r, g, b) = XtermColors.Of(XtermColors.Nearest(red, green, blue));
                    var distance = (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue);
                    if (distance != least || distance > 4818)       // the largest of all 2^24 colours
                        Assert.Fail($"({red}, {green}, {blue}) became ({r}, {g}, {b}).");
                }
    }

    [Test]
    public void Nearest_OfAColorOfTheTable_IsIt()
    {
        for (var index = 16; index < 256; index++)
        {
            var (red, green, blue) = XtermColors.Of(index);
            Assert.That(XtermColors.Of(XtermColors.Nearest(red, green, blue)), Is.EqualTo((red, green, blue)));
        }
    }
}
