namespace Ddpm.Tests.Data.Imaging;

public class PictureTableTests
{
    private static Picture Filled(byte red, byte green, byte blue, int width = 40, int height = 20)
    {
        var size = width * height;
        return new(new(3, height, width), [.. Enumerable.Repeat(red, size), .. Enumerable.Repeat(green, size), .. Enumerable.Repeat(blue, size)]);
    }

    private static IEnumerable<(int X, int Y)> Where(Picture picture, int red, int green, int blue)
    {
        var size = picture.Width * picture.Height;
        for (var i = 0; i < size; i++)
            if (picture.Pixels.Span[i] == red && picture.Pixels.Span[size + i] == green && picture.Pixels.Span[2 * size + i] == blue)
                yield return (i % picture.Width, i / picture.Width);
    }

    [Test]
    public void Draw_PutsEveryPictureInItsRowAndColumn()
    {
        var table = PictureTable.Draw(["5", "10"], [("a", [Filled(200, 0, 0), null]), ("longer", [Filled(0, 200, 0), Filled(0, 0, 200)])]);
        // A column is 40 + 6 wide, a row 20 + 6 high; the names need 6 characters of 12 pixels, less one of 2, and 6 on both sides; the columns' 16
        // and 6 above and below.
        Assert.That((table.Width, table.Height), Is.EqualTo((70 + 12 + 2 * 46, 16 + 12 + 2 * 26)));
        Assert.That(Box(200, 0, 0), Is.EqualTo((82, 28, 121, 47)));
        Assert.That(Box(0, 200, 0), Is.EqualTo((82, 54, 121, 73)));
        Assert.That(Box(0, 0, 200), Is.EqualTo((128, 54, 167, 73)));

        (int, int, int, int) Box(int red, int green, int blue)
        {
            var found = Where(table, red, green, blue).ToArray();
            Assert.That(found, Has.Length.EqualTo(40 * 20));
            return (found.Min(at => at.X), found.Min(at => at.Y), found.Max(at => at.X), found.Max(at => at.Y));
        }
    }

    [Test]
    public void Draw_WritesTheNames()
    {
        // The digit 1 of the font has 7 + 1 + 2 dots of 2 x 2, in the column's name above and in the row's to the left.
        var table = PictureTable.Draw(["1"], [("1", [Filled(255, 255, 255)])]);
        var ink = Where(table, 0x33, 0x33, 0x33).ToArray();
        Assert.That(ink, Has.Length.EqualTo(2 * 10 * 4));
        Assert.That(ink.Count(at => at.Y < 22), Is.EqualTo(10 * 4));
        Assert.That(ink.Where(at => at.Y >= 22).Select(at => at.X), Is.All.InRange(6, 15));
    }

    [Test]
    public void Draw_OfGrayPictures_KeepsTheirLevel()
    {
        var table = PictureTable.Draw(["a"], [("", [new Picture(new(1, 20, 20), [.. Enumerable.Repeat((byte)77, 400)])])]);
        Assert.That(Where(table, 77, 77, 77).Count(), Is.EqualTo(400));
    }

    [Test]
    public void Draw_UnderAWideName_LeavesItWhole()
    {
        var table = PictureTable.Draw(["eleven long"], [("", [Filled(1, 2, 3, width: 10)])]);
        Assert.That(table.Width, Is.EqualTo(12 + 11 * 12 - 2 + 6));
        Assert.That(Where(table, 0x33, 0x33, 0x33).Select(at => at.X).Min(), Is.GreaterThanOrEqualTo(12));
    }

    [Test]
    public void Draw_OfWhatIsNoTable_SaysSo()
    {
        Assert.That(() => PictureTable.Draw([], []), Throws.ArgumentException.With.Message.Contains("has 0 and 0"));
        Assert.That(() => PictureTable.Draw(["a", "b"], [("odd", [null])]), Throws.ArgumentException.With.Message.Contains("'odd' has 1"));
        Assert.That(() => PictureTable.Draw(["a"], [("x", [null])]), Throws.ArgumentException.With.Message.Contains("empty"));
        Assert.That(() => PictureTable.Draw(["a"], [("x", [Filled(0, 0, 0)]), ("y", [Filled(0, 0, 0, width: 7)])]),
            Throws.ArgumentException.With.Message.Contains("7 x 20"));
        Assert.That(() => PictureTable.Draw(["a"], [("x", [Filled(0, 0, 0)])], gap: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PictureTable.Draw([new string('a', 9_000_000)], [("x", [Filled(0, 0, 0)])]),
            Throws.ArgumentException.With.Message.Contains("pixels"));
    }
}
